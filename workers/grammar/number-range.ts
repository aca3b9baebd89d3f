// EBNF of the numbers in a range, digit by digit: a grammar cannot count.

import { type DigitRange, digitPatterns } from './digit-patterns.ts';

/** Most digits: what a double holds exactly, and an end to a model that would write digits for ever. */
const mostDigits = 15;
export const largest = 10 ** mostDigits - 1;
/** Most digits behind the point of a bound. */
const mostDecimals = 6;
/** With a fraction fewer before the point, or rounding could reach a bound that is excluded. */
const largestWithFraction = 10 ** 9 - 1;

export interface Bounds {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

/** Undefined where no number is left. */
export function integerRange(bounds: Bounds): string | undefined {
  const [low, high] = steps(bounds, 1, largest);
  return oneOf(signed(low, high, (from, to) => digitPatterns(from, to, 1).map((pattern) => written(pattern, 0))));
}

/**
 * Every number in the bounds that has no more digits than the finest bound, and what lies strictly between two of those. Undefined where no
 * number is left; `'too fine'` where a bound has more than {@link mostDecimals} digits behind its point.
 */
export function numberRange(bounds: Bounds): string | 'too fine' | undefined {
  if (Object.values(bounds).every((bound) => bound === undefined)) {
    return `"-"? ("0" | [1-9] [0-9]{0,${mostDigits - 1}}) ("." [0-9]{1,${mostDigits}})? ([eE] [+\\-]? [0-9]{1,2})?`;
  }
  const decimals = Math.max(...Object.values(bounds).map(decimalsOf));
  if (decimals > mostDecimals) return 'too fine';
  const scale = 10 ** decimals;
  const numbers = (more: string) => (from: number, to: number) =>
    digitPatterns(from, to, decimals + 1).map((pattern) => `${written(pattern, decimals)}${more}`);
  const [low, high] = steps(bounds, scale, largestWithFraction * scale);
  const exact = decimals === 0 ? [] : signed(low, high, numbers(''));
  // Between two steps neither bound is reached, so it does not matter which are excluded. The last digit is not 0 for the same reason.
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = bounds;
  const [least, most] = steps(
    {
      minimum: Math.max(minimum ?? -Infinity, exclusiveMinimum ?? -Infinity),
      maximum: Math.min(maximum ?? Infinity, exclusiveMaximum ?? Infinity),
    },
    scale,
    largestWithFraction * scale,
  );
  const fraction = `${decimals === 0 ? ' "."' : ''} [0-9]{0,5} [1-9]`;
  const above = numbers(fraction)(Math.max(0, least), most - 1);
  const below = numbers(fraction)(Math.max(0, -most), -least - 1).map((text) => `"-" ${text}`);
  const whole = integerRange(bounds);
  return oneOf([...(whole === undefined ? [] : [whole]), ...exact, ...above, ...below]);
}

/** The least and the greatest multiple of 1 / scale in the bounds, as whole numbers. */
function steps(bounds: Bounds, scale: number, limit: number): readonly [number, number] {
  const { minimum = -Infinity, maximum = Infinity, exclusiveMinimum = -Infinity, exclusiveMaximum = Infinity } = bounds;
  const low = Math.max(-limit, Math.ceil(scaled(minimum, scale)), Math.floor(scaled(exclusiveMinimum, scale)) + 1);
  const high = Math.min(limit, Math.floor(scaled(maximum, scale)), Math.ceil(scaled(exclusiveMaximum, scale)) - 1);
  return [low, high];
}

/** A bound of that many digits is a whole number then, whatever binary fractions made of it. */
function scaled(bound: number, scale: number): number {
  const product = bound * scale;
  const nearest = Math.round(product);
  return Math.abs(product - nearest) <= Math.abs(product) * 2 ** -50 ? nearest : product;
}

function decimalsOf(bound: number): number {
  const [, digits = '', exponent = '0'] = /^-?\d+(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(bound)) ?? [];
  return Math.max(0, digits.length - Number(exponent));
}

/** Both signs. Zero has none. */
function signed(low: number, high: number, texts: (from: number, to: number) => readonly string[]): string[] {
  return [...texts(Math.max(0, low), high), ...texts(Math.max(1, -high), -low).map((text) => `"-" ${text}`)];
}

function written(pattern: readonly DigitRange[], decimals: number): string {
  const point = pattern.length - decimals;
  const before = pattern.slice(0, point).map(digit).join(' ');
  return decimals === 0 ? before : `${before} "." ${pattern.slice(point).map(digit).join(' ')}`;
}

function digit([from, to]: DigitRange): string {
  return from === to ? `"${from}"` : `[${from}-${to}]`;
}

function oneOf(parts: readonly string[]): string | undefined {
  return parts.length === 0 ? undefined : `(${parts.join(' | ')})`;
}
