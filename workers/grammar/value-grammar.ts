// EBNF of values without parts: constants, numbers and strings.

import { quotedWord } from '../../src/core/quoted-word.ts';
import type { GrammarBudget } from './grammar-budget.ts';
import { GrammarProblem, invalid, literal, problemAt, unsupported } from './grammar-problem.ts';
import { jsonText } from './json-text.ts';
import { type Bounds, integerRange, largest, numberRange } from './number-range.ts';
import { regexGrammar } from './regex-grammar.ts';
import { matchesTypes } from './schema-keywords.ts';
import type { SchemaNode } from './schema-node.ts';
import type { SideRules } from './side-rules.ts';
import { narrower, stringFormats } from './string-formats.ts';

/** All that the expressions of numbers and strings depend on. */
export const leafKeywords = 'minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength pattern format'.split(' ');

/** `const` and `enum`, those of the `type` beside them. */
export function constants(node: SchemaNode, path: string, budget: GrammarBudget): string {
  const word = 'const' in node ? 'const' : 'enum';
  const listed: unknown = node[word];
  const all: readonly unknown[] = word === 'enum' && Array.isArray(listed) ? listed : [listed];
  const written: string[] = [];
  for (const [index, value] of all.entries()) {
    const at = word === 'enum' ? `${path}.enum[${index}]` : `${path}.const`;
    if (matchesTypes(value, node['type'])) written.push(budget.paid(literal(jsonText(value, at)), at));
  }
  if (written.length === 0) invalid(`expected ${word} to hold a value of the type beside it`, `${path}.${word}`);
  return `(${written.join(' | ')})`;
}

export function numberExpression(type: 'integer' | 'number', node: SchemaNode, path: string): string {
  const bounds: Bounds = {
    ...bound(node, 'minimum'),
    ...bound(node, 'maximum'),
    ...bound(node, 'exclusiveMinimum'),
    ...bound(node, 'exclusiveMaximum'),
  };
  const isWhole = type === 'integer' || node['multipleOf'] === 1;
  const range = isWhole ? integerRange(bounds) : numberRange(bounds);
  if (range === undefined) refuseFarBound(bounds, path);
  if (range === undefined)
    unsupported(`expected minimum, maximum and exclusive bounds with a ${isWhole ? 'whole number' : 'number'} between them`, path);
  if (range === 'too fine') unsupported('expected minimum, maximum and exclusive bounds with at most 6 digits behind the point', path);
  return `(${range})`;
}

/** A bound alone can leave no number, since digits are bounded. */
function refuseFarBound(bounds: Bounds, path: string): void {
  for (const [word, value] of Object.entries(bounds)) {
    const isLeast = word === 'minimum' || word === 'exclusiveMinimum';
    const beyond = isLeast ? value : -value;
    if (word.startsWith('exclusive') ? beyond < largest : beyond <= largest) continue;
    const limit = `${word.startsWith('exclusive') ? '' : 'or equal to '}${isLeast ? largest : -largest}`;
    unsupported(`expected ${word} to be ${isLeast ? 'less' : 'greater'} than ${limit}, got ${value}`, `${path}.${word}`);
  }
}

export function stringExpression(node: SchemaNode, path: string, side: SideRules, budget: GrammarBudget): string {
  const pattern = patternOf(node, path);
  if (pattern !== undefined) return `"\\"" ${patternExpression(pattern, path, side, budget)} "\\""`;
  if (node['minLength'] === undefined && node['maxLength'] === undefined) return 'str';
  const [least, most] = lengths(node);
  if (least > most) invalid(`expected minLength up to maxLength, which is ${most}, got ${least}`, `${path}.minLength`);
  const mark =
    side.lengthMark({ least, most, until: 'quote' }) ??
    unsupported('expected fewer different pairs of minLength and maxLength in one schema', `${path}.minLength`);
  return `"\\"" ${literal(mark)} counted`;
}

/** Of the pattern or the format. Throws: GrammarProblem where they cannot be held together with what stands beside them. */
function patternOf(node: SchemaNode, path: string): string | undefined {
  const name = String(node['format']);
  const format = stringFormats.get(name);
  const pattern = typeof node['pattern'] === 'string' ? node['pattern'] : undefined;
  const isPattern = pattern !== undefined && (format === undefined || narrower(name, pattern) === 'pattern');
  if (pattern !== undefined && format !== undefined && narrower(name, pattern) === undefined) {
    unsupported(`expected no pattern beside the format ${quotedWord(name)}`, `${path}.pattern`, 'leave one of the two out');
  }
  const [least, most] = lengths(node);
  const [shortest, longest] = isPattern ? [0, Number.POSITIVE_INFINITY] : [format?.shortest ?? 0, format?.longest ?? 0];
  if (isPattern || format !== undefined) {
    const what = isPattern ? 'pattern' : `the format ${quotedWord(name)} that it does not have by itself`;
    const advice = isPattern ? 'say the length in the pattern, as "^[a-z]{3,9}$" does' : 'leave one of the two out';
    if (least > shortest) unsupported(`expected no minLength beside ${what}`, `${path}.minLength`, advice);
    if (most < longest) unsupported(`expected no maxLength beside ${what}`, `${path}.maxLength`, advice);
  }
  return isPattern ? pattern : format?.pattern;
}

function patternExpression(pattern: string, path: string, side: SideRules, budget: GrammarBudget): string {
  try {
    return budget.paid(regexGrammar(pattern, true, side), '');
  } catch (error) {
    if (error instanceof GrammarProblem) throw problemAt(`${path}.pattern`, error);
    throw error;
  }
}

function lengths(node: SchemaNode): readonly [number, number] {
  return [count(node['minLength'], 0), count(node['maxLength'], Number.POSITIVE_INFINITY)];
}

export function count(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}

/** Without bounds that are absent, whose `undefined` exact optional types do not take. */
function bound(node: SchemaNode, word: keyof Bounds): Bounds {
  const value = node[word];
  return typeof value === 'number' ? { [word]: value } : {};
}
