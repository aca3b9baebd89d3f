// EBNF of the numbers in a range, digit by digit: a grammar cannot count.

/** Most digits before and after the point: what a double holds exactly, and an end to a model that would write digits for ever. */
const mostDigits = 15;
const largest = 10 ** mostDigits - 1;
/** With a fraction fewer, or rounding could reach a bound that is excluded. */
const largestWithFraction = 10 ** 9 - 1;

export interface Bounds {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

/** Undefined where no number is left. */
export function integerRange(bounds: Bounds): string | undefined {
  const low = Math.max(-largest, Math.ceil(bounds.minimum ?? -largest), Math.floor(bounds.exclusiveMinimum ?? -largest - 1) + 1);
  const high = Math.min(largest, Math.floor(bounds.maximum ?? largest), Math.ceil(bounds.exclusiveMaximum ?? largest + 1) - 1);
  return oneOf([...wholeNumbers(Math.max(0, low), high), ...wholeNumbers(Math.max(1, -high), -low).map((text) => `"-" ${text}`)]);
}

/**
 * Whole numbers in the bounds, and what lies strictly between two of them. What lies between a bound that is not whole and the next whole
 * number is left out: less is offered than the schema allows, never more. Undefined where no number is left.
 */
export function numberRange(bounds: Bounds): string | undefined {
  if (Object.values(bounds).every((bound) => bound === undefined)) {
    return `"-"? ("0" | [1-9] [0-9]{0,${mostDigits - 1}}) ("." [0-9]{1,${mostDigits}})? ([eE] [+\\-]? [0-9]{1,2})?`;
  }
  const low = Math.max(-largestWithFraction, Math.ceil(Math.max(bounds.minimum ?? -largest, bounds.exclusiveMinimum ?? -largest)));
  const high = Math.min(largestWithFraction, Math.floor(Math.min(bounds.maximum ?? largest, bounds.exclusiveMaximum ?? largest)));
  // The last digit is not 0, so no fraction falls on a bound that is excluded.
  const fraction = '"." [0-9]{0,5} [1-9]';
  const above = wholeNumbers(Math.max(0, low), high - 1).map((text) => `${text} ${fraction}`);
  const below = wholeNumbers(Math.max(0, -high), -low - 1).map((text) => `"-" ${text} ${fraction}`);
  const whole = integerRange(bounds);
  return oneOf([...(whole === undefined ? [] : [whole]), ...above, ...below]);
}

function oneOf(parts: readonly string[]): string | undefined {
  return parts.length === 0 ? undefined : `(${parts.join(' | ')})`;
}

/** Alternatives that together write every whole number from `low` to `high`, both 0 or more, once. */
function wholeNumbers(low: number, high: number): string[] {
  const out: string[] = [];
  for (let from = low; from <= high; ) {
    const size = String(from).length;
    const to = Math.min(high, 10 ** size - 1);
    out.push(...sameLength(String(from), String(to)));
    from = to + 1;
  }
  return out;
}

function sameLength(low: string, high: string): string[] {
  if (low === '') return [''];
  const rest = low.length - 1;
  const any = rest === 0 ? '' : ` [0-9]{${rest}}`;
  const [first, last] = [Number(low[0]), Number(high[0])];
  if (/^0*$/.test(low.slice(1)) && /^9*$/.test(high.slice(1))) return [`[${first}-${last}]${any}`];
  if (first === last) return sameLength(low.slice(1), high.slice(1)).map((tail) => `"${first}" ${tail}`);
  const middle = last - first > 1 ? [`[${first + 1}-${last - 1}]${any}`] : [];
  const below = sameLength(low.slice(1), '9'.repeat(rest)).map((tail) => `"${first}" ${tail}`);
  const above = sameLength('0'.repeat(rest), high.slice(1)).map((tail) => `"${last}" ${tail}`);
  return [...below, ...middle, ...above];
}
