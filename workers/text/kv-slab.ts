// The key and value memory of one sequence: one buffer per layer and side, which the graph extends in place.

import type { Tensor } from '../onnx/session.ts';

export interface KvShape {
  readonly layers: number;
  /** Key/value heads, which may be fewer than query heads. */
  readonly heads: number;
  readonly headDim: number;
}

// The stock binding copies every fetched buffer whole, at about 9 µs a position of capacity and step for a model of 135 M
// parameters. Small steps keep short chats fast; the copy of a growth costs less than one decode step.
const growthPositions = 64;

/**
 * GroupQueryAttention writes new rows after the old ones when past and present are the same buffer, so a slab is bound as
 * both. The real length is told by the attention mask; capacity only sets the stride of the heads.
 * Shapes: each buffer float32 [1, heads, capacity, headDim]. Owns: its buffers, freed with it.
 */
export class KvSlab {
  readonly #shape: KvShape;
  readonly #limit: number;
  #capacity = 0;
  #length = 0;
  #tensors: readonly Tensor[] = [];

  /** `limit`: positions the slab may ever need, the context of the model. */
  constructor(shape: KvShape, limit: number) {
    this.#shape = shape;
    this.#limit = limit;
  }

  /** Positions written so far. */
  get length(): number {
    return this.#length;
  }

  get capacity(): number {
    return this.#capacity;
  }

  /** Buffers in the order key 0, value 0, key 1, value 1, … Stale after the next `reserve`. */
  get tensors(): readonly Tensor[] {
    return this.#tensors;
  }

  /** Makes room for `count` more positions. Throws: RangeError beyond the limit. */
  reserve(count: number): void {
    const needed = this.#length + count;
    if (needed > this.#limit) throw new RangeError(`expected at most ${this.#limit} positions, got ${needed}`);
    if (needed <= this.#capacity) return;
    const capacity = Math.min(Math.ceil(needed / growthPositions) * growthPositions, this.#limit);
    const { layers, heads, headDim } = this.#shape;
    const old = this.#tensors;
    this.#tensors = Array.from({ length: layers * 2 }, (_, index): Tensor => {
      const data = new Float32Array(heads * capacity * headDim);
      const before = old[index]?.data;
      if (before instanceof Float32Array) this.#moveHeads(before, data, capacity);
      return { type: 'float32', dims: [1, heads, capacity, headDim], data };
    });
    this.#capacity = capacity;
  }

  /** Counts `count` positions that a run has just written. */
  advance(count: number): void {
    this.#length += count;
  }

  /** A sequence of its own that goes on from here. */
  fork(): KvSlab {
    const copy = new KvSlab(this.#shape, this.#limit);
    copy.#capacity = this.#capacity;
    copy.#length = this.#length;
    copy.#tensors = this.#tensors.map((tensor) => ({ ...tensor, data: tensor.data.slice() }));
    return copy;
  }

  // The stride of a head is the capacity, so rows cannot be copied in one piece.
  #moveHeads(from: Float32Array, to: Float32Array, capacity: number): void {
    const { heads, headDim } = this.#shape;
    for (let head = 0; head < heads; head += 1) {
      const start = head * this.#capacity * headDim;
      to.set(from.subarray(start, start + this.#length * headDim), head * capacity * headDim);
    }
  }
}
