// A decoder of one layer in the layout of exported language models, and the same arithmetic in plain numbers.

import { type Encoded, constant, model, node, port } from '../../support/tiny-onnx.ts';
import { noise } from './tiny-encoder.ts';

export const vocabulary = 11;
const heads = 2;
const headDim = 8;
const hidden = heads * headDim;
const positions = 200;

const weights = {
  table: noise(vocabulary * hidden, 3),
  places: noise(positions * hidden, 4),
  query: noise(hidden * hidden, 5),
  // One key/value head serves both query heads.
  key: noise(hidden * headDim, 6),
  value: noise(hidden * headDim, 7),
  head: noise(hidden * vocabulary, 8),
};

export interface TinyDecoderOptions {
  /** Takes `position_ids`, and tells places apart by them. */
  readonly positions?: boolean;
  /** Takes `num_logits_to_keep`; returns all rows otherwise. */
  readonly keep?: boolean;
  /** Appends to the cache by Concat, as graphs for growing buffers do. */
  readonly concat?: boolean;
  readonly without?: 'logits' | 'past_key_values.0.key' | 'present.0.value';
  /** One more input. */
  readonly extra?: string;
  /** The dim of the cache's heads. */
  readonly cacheHeads?: number | string;
}

/** The bytes of the graph. */
export function tinyDecoder(options: TinyDecoderOptions = {}): Uint8Array {
  const named = (name: string) => name !== options.without;
  const cacheDims = ['batch', options.cacheHeads ?? 1, 'past', headDim];
  const inputs: [name: string, encoded: Encoded][] = [
    ['input_ids', port('input_ids', 'int64', ['batch', 'sequence'])],
    ['attention_mask', port('attention_mask', 'int64', ['batch', 'total'])],
    ['past_key_values.0.key', port('past_key_values.0.key', 'float32', cacheDims)],
    ['past_key_values.0.value', port('past_key_values.0.value', 'float32', cacheDims)],
  ];
  if (options.positions === true) inputs.push(['position_ids', port('position_ids', 'int64', ['batch', 'sequence'])]);
  if (options.keep === true) inputs.push(['num_logits_to_keep', port('num_logits_to_keep', 'int64', [])]);
  if (options.extra !== undefined) inputs.push([options.extra, port(options.extra, 'bool', [1])]);
  const outputs: [name: string, encoded: Encoded][] = [
    ['logits', port('logits', 'float32', ['batch', 'sequence', vocabulary])],
    ['present.0.key', port('present.0.key', 'float32', ['batch', 1, 'all', headDim])],
    ['present.0.value', port('present.0.value', 'float32', ['batch', 1, 'all', headDim])],
  ];
  return model({
    nodes: [...embedding(options), ...projections(), ...attention(options.concat === true), ...output(options.keep === true)],
    constants: [
      // What is left out of the inputs stays in the graph.
      ...(options.without === 'past_key_values.0.key'
        ? [constant(options.without, 'float32', [1, 1, 64, headDim], noise(64 * headDim, 9))]
        : []),
      constant('table', 'float32', [vocabulary, hidden], weights.table),
      constant('places', 'float32', [positions, hidden], weights.places),
      constant('query_weights', 'float32', [hidden, hidden], weights.query),
      constant('key_weights', 'float32', [hidden, headDim], weights.key),
      constant('value_weights', 'float32', [hidden, headDim], weights.value),
      constant('head_weights', 'float32', [hidden, vocabulary], weights.head),
      constant('one', 'int64', [1], [1]),
      constant('first', 'int64', [1], [0]),
      constant('end', 'int64', [1], [1_000_000]),
    ],
    inputs: inputs.filter(([name]) => named(name)).map(([, encoded]) => encoded),
    outputs: outputs.filter(([name]) => named(name)).map(([, encoded]) => encoded),
  });
}

function embedding(options: TinyDecoderOptions): Encoded[] {
  if (options.positions !== true) return [node('Gather', ['table', 'input_ids'], ['embedded'])];
  return [
    node('Gather', ['table', 'input_ids'], ['bare']),
    node('Gather', ['places', 'position_ids'], ['place']),
    node('Add', ['bare', 'place'], ['embedded']),
  ];
}

function projections(): Encoded[] {
  return ['query', 'key', 'value'].map((name) => node('MatMul', ['embedded', `${name}_weights`], [name]));
}

function attention(concat: boolean): Encoded[] {
  const int32 = { to: { int: 6 } };
  const pasts = ['past_key_values.0.key', 'past_key_values.0.value'];
  const presents = ['present.0.key', 'present.0.value'];
  if (concat) {
    return [
      node('Unsqueeze', ['key', 'one'], ['new_key']),
      node('Unsqueeze', ['value', 'one'], ['new_value']),
      node('Concat', [pasts[0] ?? '', 'new_key'], [presents[0] ?? ''], { axis: { int: 2 } }),
      node('Concat', [pasts[1] ?? '', 'new_value'], [presents[1] ?? ''], { axis: { int: 2 } }),
      node('Identity', ['query'], ['attended']),
    ];
  }
  return [
    // The operator counts lengths from zero: index of the last key of each row.
    node('ReduceSum', ['attention_mask', 'one'], ['lengths'], { keepdims: { int: 0 } }),
    node('Sub', ['lengths', 'one'], ['last']),
    node('Cast', ['last'], ['seqlens_k'], int32),
    node('Shape', ['attention_mask'], ['mask_shape']),
    node('Gather', ['mask_shape', 'one'], ['total'], { axis: { int: 0 } }),
    node('Cast', ['total'], ['total_length'], int32),
    node(
      'GroupQueryAttention',
      ['query', 'key', 'value', ...pasts, 'seqlens_k', 'total_length'],
      ['attended', ...presents],
      { num_heads: { int: heads }, kv_num_heads: { int: 1 } },
      'com.microsoft',
    ),
  ];
}

function output(keep: boolean): Encoded[] {
  if (!keep) return [node('MatMul', ['attended', 'head_weights'], ['logits'])];
  return [
    // From the n-th row before the end; 0 is the first, so 0 keeps all.
    node('Neg', ['num_logits_to_keep'], ['from_scalar']),
    node('Unsqueeze', ['from_scalar', 'first'], ['from']),
    node('Slice', ['attended', 'from', 'end', 'one'], ['kept']),
    node('MatMul', ['kept', 'head_weights'], ['logits']),
  ];
}

/** Logits after the last of `ids`: causal attention over all of them at once. */
export function referenceLogits(ids: readonly number[], withPositions: boolean): number[] {
  const states = ids.map((id, position) =>
    Array.from(
      { length: hidden },
      (_, i) => at(weights.table, id * hidden + i) + (withPositions ? at(weights.places, position * hidden + i) : 0),
    ),
  );
  const query = product(states.at(-1) ?? [], weights.query, hidden);
  const keys = states.map((state) => product(state, weights.key, headDim));
  const values = states.map((state) => product(state, weights.value, headDim));
  const attended = Array.from({ length: heads }, (_, head) => {
    const own = query.slice(head * headDim, (head + 1) * headDim);
    const scores = keys.map((key) => Math.exp(key.reduce((sum, k, i) => sum + k * (own[i] ?? 0), 0) / Math.sqrt(headDim)));
    const total = scores.reduce((sum, score) => sum + score, 0);
    return Array.from({ length: headDim }, (_, i) =>
      values.reduce((sum, value, row) => sum + ((scores[row] ?? 0) / total) * (value[i] ?? 0), 0),
    );
  }).flat();
  return product(attended, weights.head, vocabulary);
}

function product(vector: readonly number[], matrix: Float32Array, columns: number): number[] {
  return Array.from({ length: columns }, (_, column) =>
    vector.reduce((sum, value, row) => sum + value * at(matrix, row * columns + column), 0),
  );
}

function at(values: Float32Array, index: number): number {
  return values[index] ?? Number.NaN;
}
