// Lengths as a scenario asks for them: fixed, or drawn anew for each request.

import type { Length } from '../scenario-schema.ts';

/** Numbers in [0, 1). */
export type Random = () => number;

/** A whole number of at least 1. A lognormal draw above its maximum counts as the maximum, so that the median stays. */
export function drawLength(length: Length, random: Random): number {
  if (typeof length === 'number') return length;
  if ('uniform' in length) {
    const { min, max } = length.uniform;
    return min + Math.floor(random() * (max - min + 1));
  }
  const { median, sigma, max } = length.lognormal;
  return Math.min(Math.max(Math.round(median * Math.exp(sigma * normal(random))), 1), max);
}

/** Of mean 0 and deviation 1. Source: Box and Muller 1958; 1 - random() is never 0, whose logarithm is none. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
