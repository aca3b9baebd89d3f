// Seeded random numbers, so that the same seed gives the same text.

import { randomInt } from 'node:crypto';

/** Numbers from 0 to below 1. Source: splitmix32 by Guy L. Steele et al., in its 32-bit form. */
export function randomSource(seed: number | undefined): () => number {
  let state = fold(seed ?? randomInt(2 ** 32));
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** All bits of a 53-bit integer count, not only the low 32. */
function fold(seed: number): number {
  return (seed | 0) ^ Math.imul(Math.floor(seed / 2 ** 32) | 0, 0x85ebca6b);
}
