// Whether the memory of the server grows for as long as it is used. A suspicion, so it is a note and voids nothing.

import { slopeOf, type ServerSample } from './server-figures.ts';

// A line through fewer says more about the collector of garbage than about the server.
const leastSamples = 12;
// Samples that follow each other are alike, which makes the standard error too small; three of them instead of the usual two.
const standardErrors = 3;
// Allocators and collectors keep some MiB more or less for no reason that a user could name.
const leastGrowthMib = 8;
const leastGrowthShare = 0.02;

/**
 * A note where memory grew beyond noise, and still did in the second half. Without the latter every server that fills its caches in the
 * first seconds would be called a leak.
 */
export function leakNote(samples: readonly ServerSample[]): string | undefined {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined || samples.length < leastSamples) return undefined;
  const half = Math.floor(samples.length / 2);
  const whole = slopeOf(samples);
  const late = slopeOf(samples.slice(half));
  const grows = [whole, late].every(({ perMs, error }) => perMs > standardErrors * error);
  const grownMib = whole.perMs * (last.atMs - first.atMs);
  if (!grows || grownMib < Math.max(leastGrowthMib, leastGrowthShare * first.rssMib)) return undefined;
  // Half of the pace and less is a curve that flattens: caches on their way to being full.
  if (late.perMs < whole.perMs / 2) return undefined;
  const perMinute = whole.perMs * 60_000;
  return `the memory of the server grew by ${perMinute.toFixed(perMinute < 10 ? 1 : 0)} MiB a minute until the end: it may leak`;
}
