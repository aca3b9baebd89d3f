// From one vector per token to one vector per text.

export type Pooling = 'mean' | 'cls' | 'last';

/**
 * Pools row `row` of hidden states. Shapes: hidden float32 [batch, sequence, width]; `length` is the row's real token count.
 * Returns a new vector [width], not normalised.
 */
export function poolRow(
  hidden: Float32Array,
  row: number,
  sequence: number,
  width: number,
  length: number,
  pooling: Pooling,
): Float32Array {
  const start = row * sequence * width;
  if (pooling === 'cls') return hidden.slice(start, start + width);
  if (pooling === 'last') return hidden.slice(start + (length - 1) * width, start + length * width);
  const mean = new Float32Array(width);
  for (let token = 0; token < length; token++) {
    for (let i = 0; i < width; i++) mean[i] = (mean[i] ?? 0) + (hidden[start + token * width + i] ?? 0);
  }
  for (let i = 0; i < width; i++) mean[i] = (mean[i] ?? 0) / length;
  return mean;
}

/** Scales to unit length in place; a zero vector stays zero. */
export function normalise(vector: Float32Array): Float32Array {
  let sum = 0;
  for (const value of vector) sum += value * value;
  const scale = sum === 0 ? 0 : 1 / Math.sqrt(sum);
  for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] ?? 0) * scale;
  return vector;
}
