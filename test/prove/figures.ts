// What a proof measured, and how much of it runs: in full, or as the short sample of continuous integration.

import { expect } from 'vitest';

/** True: fewer rounds and shorter loads, to see that the proof still works. Its figures say little. */
const isSample = process.env['HEDDLE_PROVE'] === 'sample';

/** The number for a full run, or the one for a sample. */
export function rounds(full: number, sample: number): number {
  return isSample ? sample : full;
}

/** A number that whoever runs the proof may set. Throws: Error for a value that is no whole number above 0. */
export function numberFrom(variable: string, standard: number): number {
  const value = Number(process.env[variable] ?? standard);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new Error(`expected ${variable} to be a whole number above 0`);
}

/** Asserts a bound on a time or a size. Only in full: what a few rounds on a busy machine take proves nothing. */
export function expectBelow(what: string, value: number, bound: number): void {
  if (isSample) return;
  expect(value, what).toBeLessThan(bound);
}

/** Prints one measured line. */
export function figure(name: string, text: string): void {
  process.stdout.write(`  figure  ${name}: ${text}\n`);
}

/** The value below which `share` (0 to 1) of the values lie. NaN for none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** `n=50 p50 1.2 ms, p99 3.4 ms, max 5.6 ms`. */
export function inMs(values: readonly number[]): string {
  const [p50, p99, max] = [0.5, 0.99, 1].map((share) => quantile(values, share).toFixed(1));
  return `n=${values.length} p50 ${p50} ms, p99 ${p99} ms, max ${max} ms`;
}
