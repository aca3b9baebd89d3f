// Two runs figure by figure: what got better, what got worse, and what differs by no more than two runs of the same do.

import { isDeepStrictEqual } from 'node:util';
import type { RunSummary } from '../run-summary.ts';
import { type Figure, figures } from './figure-names.ts';
import { type Subject, subjectsOf, voidOf } from './subjects.ts';

/** One figure of one step in both runs. */
export interface ComparedFigure {
  readonly step: string;
  readonly figure: string;
  readonly a?: number;
  readonly b?: number;
  /** b ÷ a, where it is a number. */
  readonly ratio?: number;
  readonly verdict: 'better' | 'worse' | 'same' | 'void' | 'only in a' | 'only in b';
}

/** Steps are paired by name, the second of a name with the second. The rows stand in the order of `a`; a step of one run alone has none. */
export function compareRows(a: RunSummary, b: RunSummary): ComparedFigure[] {
  const others = new Map(numbered(b));
  return numbered(a).flatMap(([key, subject]) => {
    const other = others.get(key);
    return other === undefined
      ? []
      : figures.filter(({ isCompared }) => isCompared).flatMap((figure) => rowOf(figure, subject, other) ?? []);
  });
}

/** What a reader of the rows has to know: what could not be paired, and what else differs between the runs than the server. */
export function comparisonNotes(a: RunSummary, b: RunSummary): string[] {
  const [inA, inB] = [new Map(numbered(a)), new Map(numbered(b))];
  const only = (here: Map<string, Subject>, there: Map<string, Subject>, which: string): string[] =>
    [...here].flatMap(([key, { name }]) => (there.has(key) ? [] : [`only ${which} has the step '${name}'`]));
  return [
    ...only(inA, inB, 'a'),
    ...only(inB, inA, 'b'),
    ...differences('machine', a.machine, b.machine, ['cpu', 'cores', 'memory_mib', 'node']),
    // The target is what the comparison may be about.
    ...differences('scenario', a.scenario, b.scenario, ['seed', 'timeout_ms', 'connections', 'service_level', 'workloads', 'steps']),
    'runs at different times: on a machine that is shared, neighbours alone may change times by more than the band that counts as the same',
  ];
}

function rowOf(figure: Figure, a: Subject, b: Subject): ComparedFigure | undefined {
  const row = { step: a.name, figure: figure.name };
  const [left, right] = [figure.read(a), figure.read(b)];
  if (left === undefined) return right === undefined ? undefined : { ...row, b: right, verdict: 'only in b' };
  if (right === undefined) return { ...row, a: left, verdict: 'only in a' };
  const ratio = left === right ? 1 : right / left;
  const isVoid = voidOf(a).length > 0 || voidOf(b).length > 0;
  const verdict = isVoid ? 'void' : verdictOf(figure, left, right);
  return { ...row, a: left, b: right, ...(Number.isFinite(ratio) ? { ratio } : {}), verdict };
}

function verdictOf({ band, better }: Figure, a: number, b: number): 'better' | 'worse' | 'same' {
  // Equal first: two that never came back differ by no number.
  if (a === b || better === 'neither') return 'same';
  const difference = Math.abs(b - a);
  // By the larger of the two, so that swapping the runs swaps the verdict.
  if (difference <= (band.of === 'ratio' ? band.most * Math.max(Math.abs(a), Math.abs(b)) : band.most)) {
    // Infinity is within any share of itself.
    if (Number.isFinite(difference)) return 'same';
  }
  return b < a === (better === 'less') ? 'better' : 'worse';
}

/** By kind and name, and a number where a name comes twice: an overload and its first step may be called the same. */
function numbered(run: RunSummary): [string, Subject][] {
  const seen = new Map<string, number>();
  return subjectsOf(run).map((subject) => {
    const name = `${subject.kind} ${subject.name}`;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return [`${name} ${count}`, subject];
  });
}

function differences<T extends object>(what: string, a: T, b: T, keys: readonly (keyof T & string)[]): string[] {
  const different = keys.filter((key) => !isDeepStrictEqual(a[key], b[key]));
  return different.length === 0 ? [] : [`the ${what} of the runs differs in ${different.join(', ')}`];
}
