// Sets of code points as sorted ranges, for what a regular expression allows at one place.

export type CharSet = readonly (readonly [number, number])[];

const last = 0x10ffff;
/** No text holds half a surrogate pair. */
const surrogates: CharSet = [[0xd800, 0xdfff]];

export const digits: CharSet = [[48, 57]];
export const wordChars: CharSet = [...digits, [65, 90], [95, 95], [97, 122]];
export const spaces: CharSet = [
  [9, 13],
  [32, 32],
  [160, 160],
  [0x2028, 0x2029],
];
export const lineEnds: CharSet = [
  [10, 10],
  [13, 13],
  [0x2028, 0x2029],
];
/** What a JSON string holds only as an escape. */
export const jsonEscaped: CharSet = [
  [0, 31],
  [34, 34],
  [92, 92],
];

export function complement(set: CharSet): CharSet {
  const out: [number, number][] = [];
  let next = 0;
  for (const [from, to] of [...set].sort((a, b) => a[0] - b[0])) {
    if (from > next) out.push([next, from - 1]);
    next = Math.max(next, to + 1);
  }
  if (next <= last) out.push([next, last]);
  return out;
}

export function without(set: CharSet, removed: CharSet): CharSet {
  return complement([...complement(set), ...removed]);
}

/** The set as an EBNF class; undefined where it is empty. */
export function ebnfClass(set: CharSet): string | undefined {
  const kept = without(set, surrogates);
  if (kept.length === 0) return undefined;
  return `[${kept.map(([from, to]) => (from === to ? escaped(from) : `${escaped(from)}-${escaped(to)}`)).join('')}]`;
}

function escaped(code: number): string {
  return `\\U${code.toString(16).padStart(8, '0')}`;
}
