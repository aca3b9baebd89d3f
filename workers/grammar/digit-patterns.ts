// The decimal digits of a range of whole numbers, place by place.

/** The digits that may stand at one place: from the first to the second. */
export type DigitRange = readonly [number, number];

/**
 * Patterns that together write every whole number from `low` to `high`, both 0 or more, once, and nothing else. Each has at least `places`
 * digits, with zeros in front. None where `low` is above `high`.
 */
export function digitPatterns(low: number, high: number, places: number): DigitRange[][] {
  const out: DigitRange[][] = [];
  for (let from = low; from <= high; ) {
    const size = Math.max(places, String(from).length);
    const to = Math.min(high, 10 ** size - 1);
    out.push(...sameLength(String(from).padStart(size, '0'), String(to).padStart(size, '0')));
    from = to + 1;
  }
  return out;
}

function sameLength(low: string, high: string): DigitRange[][] {
  if (low === '') return [[]];
  const rest = low.length - 1;
  const [first, last] = [Number(low[0]), Number(high[0])];
  if (/^0*$/.test(low.slice(1)) && /^9*$/.test(high.slice(1))) return [[[first, last], ...anyDigits(rest)]];
  const one = (digit: number): DigitRange => [digit, digit];
  if (first === last) return sameLength(low.slice(1), high.slice(1)).map((tail) => [one(first), ...tail]);
  const below = sameLength(low.slice(1), '9'.repeat(rest)).map((tail): DigitRange[] => [one(first), ...tail]);
  const middle: DigitRange[][] = last - first > 1 ? [[[first + 1, last - 1], ...anyDigits(rest)]] : [];
  const above = sameLength('0'.repeat(rest), high.slice(1)).map((tail): DigitRange[] => [one(last), ...tail]);
  return [...below, ...middle, ...above];
}

function anyDigits(count: number): DigitRange[] {
  return Array.from({ length: count }, () => [0, 9]);
}
