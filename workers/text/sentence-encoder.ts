// Texts to unit vectors: tokenises, batches by length, runs the encoder graph, pools.

import { join } from 'node:path';
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { InferenceError } from '../../src/core/errors.ts';
import type { EmbeddingsResult } from '../../src/contract/generation.ts';
import type { Cancellable, ModelContext } from '../../src/contract/model.ts';
import type { Session, Tensor } from '../onnx/session.ts';
import { stockBinding } from '../onnx/stock-binding.ts';
import { planBatches } from './batch-plan.ts';
import { hasCoupledRows } from './coupled-rows.ts';
import { readJsonObjectIfThere } from './json-file.ts';
import { normalise, type Pooling, poolRow } from './pooling.ts';
import { openTokenizer, type Tokenizer } from './tokenizer.ts';

// About 10 ms of tokenising, as long as a short run.
const tokensPerTurn = 1_024;

/** A text, or the ids of one in the model's own vocabulary, taken as they are. */
export type EncoderInput = string | readonly number[];

export interface SentenceEncoderOptions {
  /** File of the graph in `data/`. Default `model.onnx`. */
  readonly file?: string;
  /** Padded tokens of one batch. Default 512: larger batches gain nothing measurable, and a run is what a cancel has to wait for. */
  readonly maxBatchTokens?: number;
}

export interface EncodeOptions {
  /** Cut texts that are too long; otherwise they are an error. Default false. */
  readonly truncate?: boolean;
  /** Only the model's own size. */
  readonly dimensions?: number;
  /** Where the input of that index stands in the body, for errors about it. Default `input[0]`, `input[1]` and so on. */
  readonly paramOf?: (index: number) => string;
}

/** Reads `tokenizer.json`, `sentence_bert_config.json` (length) and `1_Pooling/config.json` (pooling) beside the graph. */
export class SentenceEncoder {
  readonly #session: Session;
  readonly #tokenizer: Tokenizer;
  readonly #end: readonly number[];
  readonly #maxTokens: number;
  readonly #pooling: Pooling;
  readonly #maxBatchTokens: number;

  private constructor(session: Session, tokenizer: Tokenizer, maxTokens: number, pooling: Pooling, maxBatchTokens: number) {
    this.#session = session;
    this.#tokenizer = tokenizer;
    this.#end = endTokens(tokenizer);
    this.#maxTokens = maxTokens;
    this.#pooling = pooling;
    this.#maxBatchTokens = maxBatchTokens;
  }

  /** A graph that lets texts of a batch see each other is warned of, and runs one text at a time. Throws: Error naming the file. */
  static async open(
    context: Pick<ModelContext, 'dataDir' | 'threads' | 'native' | 'logger'>,
    options: SentenceEncoderOptions = {},
  ): Promise<SentenceEncoder> {
    const { dataDir } = context;
    const file = options.file ?? 'model.onnx';
    const lengths = await readJsonObjectIfThere(join(dataDir, 'sentence_bert_config.json'));
    const pooling = await readJsonObjectIfThere(join(dataDir, '1_Pooling', 'config.json'));
    const tokenizer = await openTokenizer(dataDir);
    // Slower, yet a text's vector must not depend on what other texts came with it: an index built in batches would not match its queries.
    const coupled = await hasCoupledRows(join(dataDir, file));
    if (coupled) {
      context.logger.warn(
        'the graph quantizes activations by one scale per tensor, so texts of a batch would change each other: running one at a time; ' +
          'quantize with static activation scales to have batches',
        { file },
      );
    }
    const session = await stockBinding(context.native).open(join(dataDir, file), { intraOpThreads: context.threads });
    const maxTokens = typeof lengths['max_seq_length'] === 'number' ? lengths['max_seq_length'] : 512;
    return new SentenceEncoder(session, tokenizer, maxTokens, poolingOf(pooling), coupled ? 1 : (options.maxBatchTokens ?? 512));
  }

  /**
   * Shapes: one unit vector per input, in order. Throws: context_length_exceeded naming the index and its tokens, invalid_value for no
   * token or ids out of range, unsupported_value for other dimensions than the model's, or the cancellation between two texts or batches.
   */
  async encode(inputs: readonly EncoderInput[], request: Cancellable, options: EncodeOptions = {}): Promise<EmbeddingsResult> {
    const rows = await this.#tokenise(inputs, request, options);
    const vectors: Float32Array[] = new Array(rows.length);
    for (const batch of planBatches(
      rows.map((row) => row.length),
      this.#maxBatchTokens,
    )) {
      request.throwIfCancelled();
      const encoded = await this.#run(batch.map((index) => rows[index] ?? []));
      for (const [position, index] of batch.entries()) {
        const vector = encoded[position];
        if (vector !== undefined) vectors[index] = vector;
      }
      // Lets messages and other calls of this thread in: a run blocks the loop.
      await turnOfLoop();
    }
    const width = vectors[0]?.length ?? 0;
    if (options.dimensions !== undefined && options.dimensions !== width) {
      const code = options.dimensions > width ? 'invalid_value' : 'unsupported_value';
      throw new InferenceError(code, `dimensions: expected ${width}, got ${options.dimensions}`, { param: 'dimensions' });
    }
    return { vectors, usage: { promptTokens: rows.reduce((sum, row) => sum + row.length, 0) } };
  }

  close(): Promise<void> {
    return this.#session.close();
  }

  /** A request may hold thousands of texts, which take as long as many runs: it can be left between any two, and lets others in. */
  async #tokenise(inputs: readonly EncoderInput[], request: Cancellable, options: EncodeOptions): Promise<readonly (readonly number[])[]> {
    const rows: (readonly number[])[] = [];
    let tokens = 0;
    const { truncate = false, paramOf = (index) => `input[${index}]` } = options;
    for (const [index, input] of inputs.entries()) {
      request.throwIfCancelled();
      const row = this.#tokens(input, paramOf(index), truncate);
      rows.push(row);
      tokens += row.length;
      if (tokens < tokensPerTurn) continue;
      tokens = 0;
      await turnOfLoop();
    }
    return rows;
  }

  #tokens(input: EncoderInput, param: string, truncate: boolean): readonly number[] {
    const ids =
      typeof input === 'string' ? this.#tokenizer.encode(this.#bounded(input, param, truncate), { addSpecialTokens: true }) : input;
    if (typeof input !== 'string') this.#checkRange(input, param);
    // The mean of no token is no vector.
    if (ids.length === 0) throw new InferenceError('invalid_value', `${param}: expected at least one token, got none`, { param });
    if (ids.length <= this.#maxTokens) return ids;
    if (!truncate) throw this.#tooLong(param, `${ids.length}`);
    // The end token stays the last one, as the Rust tokenizers cut; the last word of a text without one does not.
    const end = this.#end.every((id, index) => ids.at(index - this.#end.length) === id) ? this.#end : [];
    return [...ids.slice(0, this.#maxTokens - end.length), ...end];
  }

  /** The text, or as much of it as could matter: tokenising megabytes of which 256 tokens are kept would hold the thread for seconds. */
  #bounded(text: string, param: string, truncate: boolean): string {
    const most = this.#maxTokens * this.#tokenizer.mostCharsPerToken;
    if (text.length <= most) return text;
    if (truncate) return text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '');
    throw this.#tooLong(param, `${text.length} characters`);
  }

  /** Names the way out, which the route of embeddings has by the name of the option. */
  #tooLong(param: string, came: string): InferenceError {
    const message = `${param}: expected at most ${this.#maxTokens} tokens, got ${came}; truncate: true cuts it`;
    return new InferenceError('context_length_exceeded', message, { param });
  }

  #checkRange(ids: readonly number[], param: string): void {
    const at = ids.findIndex((id) => !Number.isInteger(id) || id < 0 || id >= this.#tokenizer.vocabSize);
    if (at < 0) return;
    const place = `${param}[${at}]`;
    const message = `expected ${place} to be a token id from 0 to ${this.#tokenizer.vocabSize - 1}, got ${ids[at]}`;
    throw new InferenceError('invalid_value', message, { param: place });
  }

  /** Shapes: input_ids, attention_mask, token_type_ids int64 [batch, sequence]. */
  async #run(rows: readonly (readonly number[])[]): Promise<Float32Array[]> {
    const sequence = Math.max(...rows.map((row) => row.length));
    const dims = [rows.length, sequence];
    const ids = new BigInt64Array(rows.length * sequence);
    const mask = new BigInt64Array(rows.length * sequence);
    for (const [row, tokens] of rows.entries()) {
      for (const [column, id] of tokens.entries()) {
        ids[row * sequence + column] = BigInt(id);
        mask[row * sequence + column] = 1n;
      }
    }
    const types = new BigInt64Array(rows.length * sequence);
    const all: Record<string, Tensor> = {
      input_ids: { type: 'int64', dims, data: ids },
      attention_mask: { type: 'int64', dims, data: mask },
      token_type_ids: { type: 'int64', dims, data: types },
    };
    const inputs = Object.fromEntries(Object.entries(all).filter(([name]) => this.#session.inputs.some((port) => port.name === name)));
    const pooled = this.#session.outputs.some((port) => port.name === 'sentence_embedding');
    const output = pooled ? 'sentence_embedding' : 'last_hidden_state';
    const fetched = (await this.#session.run(inputs, { [output]: null }))[output];
    if (!(fetched?.data instanceof Float32Array)) throw new Error(`expected ${output} as float32`);
    const { data } = fetched;
    const width = fetched.dims.at(-1) ?? 0;
    return rows.map((row, index) => {
      const vector = pooled
        ? data.slice(index * width, (index + 1) * width)
        : poolRow(data, index, sequence, width, row.length, this.#pooling);
      return pooled ? vector : normalise(vector);
    });
  }
}

/** The ids that the tokenizer adds after a text. */
function endTokens(tokenizer: Tokenizer): readonly number[] {
  const bare = tokenizer.encode('a', { addSpecialTokens: false });
  const whole = tokenizer.encode('a', { addSpecialTokens: true });
  const before = whole.findIndex((_, start) => bare.every((id, index) => whole[start + index] === id));
  return before < 0 ? [] : whole.slice(before + bare.length);
}

function poolingOf(settings: Readonly<Record<string, unknown>>): Pooling {
  if (settings['pooling_mode_cls_token'] === true) return 'cls';
  return settings['pooling_mode_lasttoken'] === true ? 'last' : 'mean';
}
