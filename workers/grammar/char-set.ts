// Sets of code points as sorted ranges, for what a regular expression allows at one place, and how they are written in EBNF.

import { ebnfCode, literal } from './grammar-problem.ts';

export type CharSet = readonly (readonly [number, number])[];

const last = 0x10ffff;
const lastAscii = 0x7f;
/** No text holds half a surrogate pair. */
const surrogates: CharSet = [[0xd800, 0xdfff]];
/** Written one by one. */
const mostListed = 2000;
/** Left out of what is generated, one by one. */
const mostExcluded = 64;

export const digits: CharSet = [[48, 57]];
export const wordChars: CharSet = [...digits, [65, 90], [95, 95], [97, 122]];
/** What `\s` matches in ECMAScript. */
export const spaces: CharSet = [
  [9, 13],
  [32, 32],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
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

export function holds(set: CharSet, code: number): boolean {
  return set.some(([from, to]) => from <= code && code <= to);
}

export interface WrittenClass {
  readonly ebnf: string;
  /** Code points that the class has too much: the grammar library cannot leave out single ones beyond ASCII. */
  readonly excluded: readonly number[];
  /** Characters that it allows. */
  readonly size: number;
}

/**
 * The set as an EBNF class; undefined where it is empty, `'too many'` where it can be written neither by its members nor by what it lacks.
 * The library misreads every range with an end beyond ASCII, whichever way it is written (tried with 0.1.27): ranges are of ASCII, and a
 * negated class, which it reads well, stands for everything beyond.
 */
export function ebnfClass(set: CharSet): WrittenClass | 'too many' | undefined {
  const kept = without(set, surrogates);
  if (kept.length === 0) return undefined;
  const ascii = kept.filter(([from]) => from <= lastAscii).map(([from, to]): [number, number] => [from, Math.min(to, lastAscii)]);
  const beyond = without(kept, [[0, lastAscii]]);
  const lacking = without(complement(kept), [[0, lastAscii], ...surrogates]);
  if (size(lacking) <= mostExcluded) {
    const lacked = without([[0, lastAscii]], ascii);
    // A class needs a member, and no text needs NUL: less is offered.
    return { ebnf: `[^${ranges(lacked.length === 0 ? [[0, 0]] : lacked)}]`, excluded: members(lacking), size: size(kept) };
  }
  if (size(beyond) > mostListed) return 'too many';
  const listed = members(beyond).map((code) => literal(String.fromCodePoint(code)));
  const parts = [...(ascii.length === 0 ? [] : [`[${ranges(ascii)}]`]), ...listed];
  return { ebnf: parts.length === 1 ? parts.join('') : `(${parts.join(' | ')})`, excluded: [], size: size(kept) };
}

function size(set: CharSet): number {
  return set.reduce((sum, [from, to]) => sum + to - from + 1, 0);
}

function members(set: CharSet): number[] {
  return set.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, index) => from + index));
}

function ranges(set: CharSet): string {
  return set.map(([from, to]) => (from === to ? ebnfCode(from) : `${ebnfCode(from)}-${ebnfCode(to)}`)).join('');
}
