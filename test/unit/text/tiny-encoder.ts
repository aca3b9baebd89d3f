// A sentence encoder small enough to be computed by hand: each token's hidden state is its row of a table, times weights.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Encoded, constant, model, node, port } from '../../support/tiny-onnx.ts';

export const words = ['[UNK]', 'red', 'green', 'blue', 'deep', 'dark', 'light'];
export const width = 4;

/** Fixed numbers without pattern, from −1 to 1. */
export function noise(count: number, seed: number): Float32Array {
  return Float32Array.from({ length: count }, (_, index) => Math.sin(seed * 1000 + index * 12.9898) ** 3);
}

const table = noise(words.length * width, 1);
const weights = noise(width * width, 2);

export interface TinyEncoderOptions {
  readonly tokenTypes?: boolean;
  /** Content of `1_Pooling/config.json`; no such file where absent. */
  readonly pooling?: object;
  readonly maxTokens?: number;
  /** Quantizes the hidden states by one scale for the whole batch. */
  readonly coupled?: boolean;
  /** Calls a node after the operator that would couple rows. */
  readonly misleadingName?: boolean;
}

/** Writes the files of the model into `dataDir`. */
export async function writeTinyEncoder(dataDir: string, options: TinyEncoderOptions = {}): Promise<void> {
  await mkdir(join(dataDir, '1_Pooling'), { recursive: true });
  if (options.pooling !== undefined) await writeFile(join(dataDir, '1_Pooling', 'config.json'), JSON.stringify(options.pooling));
  if (options.maxTokens !== undefined)
    await writeFile(join(dataDir, 'sentence_bert_config.json'), JSON.stringify({ max_seq_length: options.maxTokens }));
  await writeTinyTokenizer(dataDir);
  await writeFile(join(dataDir, 'model.onnx'), graph(options));
}

/** One token a word, none added. */
export async function writeTinyTokenizer(dataDir: string): Promise<void> {
  const vocab = Object.fromEntries(words.map((word, id) => [word, id]));
  const definition = {
    model: { type: 'WordPiece', unk_token: '[UNK]', continuing_subword_prefix: '##', max_input_chars_per_word: 100, vocab },
    normalizer: null,
    pre_tokenizer: { type: 'Whitespace' },
    post_processor: null,
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    added_tokens: [],
    // As in files of the Hub: not ours to obey.
    truncation: { max_length: 2, strategy: 'LongestFirst', stride: 0, direction: 'Right' },
  };
  await writeFile(join(dataDir, 'tokenizer.json'), JSON.stringify(definition));
  await writeFile(join(dataDir, 'tokenizer_config.json'), '{}');
}

/** What the graph computes for one token: float64 arithmetic on the same numbers. */
export function hiddenState(id: number): number[] {
  return Array.from({ length: width }, (_, column) => {
    let sum = 0;
    for (let i = 0; i < width; i++) sum += (table[id * width + i] ?? 0) * (weights[i * width + column] ?? 0);
    return sum;
  });
}

function graph({ tokenTypes = false, coupled = false, misleadingName = false }: TinyEncoderOptions): Uint8Array {
  const ports = ['input_ids', 'attention_mask', ...(tokenTypes ? ['token_type_ids'] : [])];
  const embedded = misleadingName ? 'DynamicQuantizeLinear' : 'embedded';
  const exact = coupled ? 'exact' : 'last_hidden_state';
  const rounding: Encoded[] = [
    node('DynamicQuantizeLinear', ['exact'], ['rounded', 'scale', 'zero']),
    node('DequantizeLinear', ['rounded', 'scale', 'zero'], ['last_hidden_state']),
  ];
  return model({
    nodes: [
      node('Gather', ['table', 'input_ids'], [embedded]),
      node('MatMul', [embedded, 'weights'], [exact]),
      ...(coupled ? rounding : []),
    ],
    constants: [constant('table', 'float32', [words.length, width], table), constant('weights', 'float32', [width, width], weights)],
    inputs: ports.map((name) => port(name, 'int64', ['batch', 'sequence'])),
    outputs: [port('last_hidden_state', 'float32', ['batch', 'sequence', width])],
  });
}
