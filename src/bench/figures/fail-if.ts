// Limits for a build: `--fail-if 'p99_ttft_ms > 500'`. A limit that cannot be judged fails too, since a build that passes by a typo is worse than none.

import { InferenceError } from '../../core/errors.ts';
import { nearest } from '../../core/nearest.ts';
import type { RunSummary } from '../run-summary.ts';
import { type Figure, figureNamed, figureNames } from './figure-names.ts';
import { type Subject, subjectsOf, voidOf } from './subjects.ts';

/** One comparison that must not hold. */
export interface Limit {
  /** As it was written, without what surrounds it. */
  readonly text: string;
  /** The step that it is for; all of them where absent. */
  readonly step?: string;
  readonly figure: Figure;
  readonly sign: Sign;
  readonly value: number;
}

/** `exceeded`: the comparison holds. `void`: the figures are not to be trusted. `missing`: there is no figure to judge. */
export interface Failure {
  readonly limit: string;
  readonly why: 'exceeded' | 'void' | 'missing';
  /** One line, for people. */
  readonly message: string;
}

const signs = {
  '<': (left: number, right: number) => left < right,
  '<=': (left: number, right: number) => left <= right,
  '>': (left: number, right: number) => left > right,
  '>=': (left: number, right: number) => left >= right,
};
type Sign = keyof typeof signs;

const expected = "expected [STEP:] FIGURE SIGN NUMBER such as 'p99_ttft_ms > 500', with <, <=, > or >= as the sign";

/**
 * Reads one limit: `[STEP:] FIGURE SIGN NUMBER`. Everything before the last colon is the name of the step.
 * Throws: invalid_config that says what was expected, with the nearest name for a figure that is not known.
 */
export function parseLimit(text: string): Limit {
  const parts = /^(?:(?<step>.*):)?\s*(?<name>[\w.]+)\s*(?<sign><=|>=|<|>)\s*(?<value>[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)$/is.exec(
    text.trim(),
  );
  const { step, name = '', sign = '', value } = parts?.groups ?? {};
  if (parts === null || !isSign(sign)) throw new InferenceError('invalid_config', `--fail-if: ${expected}, got '${text.trim()}'`);
  const figure = figureNamed(name);
  if (figure === undefined) throw new InferenceError('invalid_config', `--fail-if: ${unknownFigure(name)}`);
  const stepName = step?.trim() ?? '';
  return { text: text.trim(), ...(stepName === '' ? {} : { step: stepName }), figure, sign, value: Number(value) };
}

/**
 * What fails of these limits; empty where all are kept. One without a step is judged by every step that has its figure, but not by the
 * steps of overloads and storms: those are to be overloaded. Their names reach them.
 */
export function failures(run: RunSummary, limits: readonly Limit[]): Failure[] {
  const subjects = subjectsOf(run);
  return limits.flatMap((limit) => failuresOf(limit, subjects));
}

function failuresOf(limit: Limit, subjects: readonly Subject[]): Failure[] {
  const failed = (why: Failure['why'], message: string): Failure => ({ limit: limit.text, why, message });
  const named = subjects.filter((subject) => (limit.step === undefined ? !isPart(subject) : subject.name === limit.step));
  if (named.length === 0) return [failed('missing', unknownStep(limit.step ?? '', subjects))];
  const judged = named.flatMap((subject): (Failure | undefined)[] => {
    const value = limit.figure.read(subject);
    if (value === undefined)
      return neverAnswered(subject, limit)
        ? [failed('missing', `${subject.name}: no request ended well, so there is no ${limit.figure.name}`)]
        : [];
    const [because] = voidOf(subject);
    if (because !== undefined) return [failed('void', `${subject.name}: void, ${because}`)];
    if (!signs[limit.sign](value, limit.value)) return [undefined];
    return [failed('exceeded', `${subject.name}: ${limit.figure.name} is ${shown(value)}, which is ${limit.sign} ${limit.value}`)];
  });
  if (judged.length === 0)
    return [failed('missing', `no step${limit.step === undefined ? '' : ` named '${limit.step}'`} has the figure ${limit.figure.name}`)];
  return judged.filter((failure) => failure !== undefined);
}

/** Such a step has no latency and the like, and would pass every limit of them. */
function neverAnswered(subject: Subject, { figure }: Limit): boolean {
  if (subject.kind !== 'step' || subject.step.outcomes.ok > 0) return false;
  return /_(latency|service|ttft|itl|tpot)_ms$/.test(figure.name);
}

function isPart(subject: Subject): boolean {
  return subject.kind === 'step' && subject.isPart;
}

function isSign(sign: string): sign is Sign {
  return Object.hasOwn(signs, sign);
}

function unknownFigure(name: string): string {
  const near = nearest(name, figureNames);
  return `unknown figure '${name}'${near === undefined ? '' : `; did you mean '${near}'?`} The figures are ${figureNames.join(', ')}`;
}

function unknownStep(name: string, subjects: readonly Subject[]): string {
  const names = [...new Set(subjects.map((subject) => subject.name))];
  const near = nearest(name, names);
  return `no step is named '${name}'${near === undefined ? '' : `; did you mean '${near}'?`} There are ${names.map((known) => `'${known}'`).join(', ')}`;
}

function shown(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : 'beyond the time that was given to it';
}
