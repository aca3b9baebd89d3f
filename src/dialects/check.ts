// Checks a value against a JSON Schema and turns the first problem into an error a client can act on.

import { InferenceError } from '../core/errors.ts';
import { pathKey, quotedWord, shortened } from '../core/quoted-word.ts';
import type { Problem } from './clearest-problem.ts';
import { compileSchema } from './compile-schema.ts';
import { firstProblem } from './first-problem.ts';
import { keysOf } from './json-pointer.ts';
import { literalsOnly } from './literals-only.ts';
import { overlong } from './overlong.ts';

/** Of a path that is told: bodies nest deep, and each key may be long. Units: code points. */
const longestPath = 512;

/**
 * Passes a value that fits the schema; nothing is coerced. `repeatsWords`: the schema is of an API, so that what stands where it has a
 * few words is no text of a user, and is told. Under a model's own schema it may be one.
 * Throws: InferenceError `missing_required_parameter`, `invalid_type` or `invalid_value` with the field's path in `param`.
 */
export function checkSchema(schema: object, value: unknown, { repeatsWords = false } = {}): void {
  checkLengths(schema, value);
  if (compileSchema(schema).Check(value)) return;
  throw toError(firstProblem(schema, value), schema, value, repeatsWords);
}

/**
 * Refuses lists that are too long by their length alone, before anything walks their items: a validator looks at the items
 * first. Throws: InferenceError `invalid_value`.
 */
export function checkLengths(schema: object, value: unknown): void {
  const problem = overlong(schema, value);
  if (problem !== undefined) throw toError(problem, schema, value, false);
}

/** A value as error messages may name it: its JSON type, or the number itself. Never text of the user. */
export function describe(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** What stands where only words of the API may: the word itself, short and on one line. */
export function describeWord(value: unknown): string {
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? quotedWord(value) : describe(value);
}

/** A type, of a part or an item, that no API knows. */
export function unknownType(param: string, known: Iterable<string>, found: unknown): InferenceError {
  const message = `expected ${param} to be one of ${JSON.stringify([...known])}, got ${describeWord(found)}`;
  return new InferenceError('invalid_value', message, { param });
}

function toError(problem: Problem, schema: object, value: unknown, repeatsWords: boolean): InferenceError {
  const { param, found } = locate(problem.instancePath, value);
  if (problem.keyword === 'required') {
    const missing = listOf(problem.params['requiredProperties'])[0] ?? '';
    const path = param === '' ? missing : `${param}.${missing}`;
    return new InferenceError('missing_required_parameter', `expected ${path}, got nothing`, { param: path });
  }
  // A closed object has the schema `false` for every key that it does not know.
  if (problem.keyword === 'boolean') return new InferenceError('unknown_parameter', `expected no ${param}`, { param });
  const details = param === '' ? {} : { param };
  const expected = expectation(problem);
  const isWord = repeatsWords && (problem.keyword === 'enum' || problem.keyword === 'const') && literalsOnly(schema, problem.instancePath);
  const typed = problem.keyword === 'type' || (problem.keyword === 'enum' && !sameType(problem.params['allowedValues'], found));
  return new InferenceError(
    typed ? 'invalid_type' : 'invalid_value',
    `expected ${param === '' ? 'the body' : param} to be ${expected}, got ${isWord ? describeWord(found) : sized(problem.keyword, found)}`,
    details,
  );
}

function sameType(allowed: unknown, found: unknown): boolean {
  return Array.isArray(allowed) && allowed.some((value) => typeof value === typeof found);
}

function sized(keyword: string, found: unknown): string {
  if ((keyword === 'minItems' || keyword === 'maxItems') && Array.isArray(found)) return counted(found.length, 'item');
  if ((keyword === 'minLength' || keyword === 'maxLength') && typeof found === 'string') return counted(found.length, 'character');
  return describe(found);
}

function expectation({ keyword, params }: Problem): string {
  switch (keyword) {
    case 'type':
      return listOf(params['type']).join(' or ');
    case 'const':
      return JSON.stringify(params['allowedValue']);
    case 'enum':
      return `one of ${JSON.stringify(params['allowedValues'])}`;
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return `${String(params['comparison'])} ${String(params['limit'])}`;
    case 'minItems':
      return `at least ${counted(params['limit'], 'item')} long`;
    case 'maxItems':
      return `at most ${counted(params['limit'], 'item')} long`;
    case 'minLength':
      return `at least ${counted(params['limit'], 'character')} long`;
    case 'maxLength':
      return `at most ${counted(params['limit'], 'character')} long`;
    case 'pattern':
      return `text that matches ${String(params['pattern'])}`;
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return 'an object without unknown keys';
    case 'schema':
      return 'valid by its schema';
    default:
      return `valid by ${keyword}`;
  }
}

function counted(count: unknown, what: string): string {
  return `${String(count)} ${what}${count === 1 ? '' : 's'}`;
}

function listOf(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).map(String);
}

/** Turns a JSON pointer into the client's spelling, as far as its keys are short and of one line, and finds the value there. */
function locate(pointer: string, value: unknown): { readonly param: string; readonly found: unknown } {
  let found = value;
  let param = '';
  for (const key of keysOf(pointer)) {
    if (Array.isArray(found)) param += `[${key}]`;
    else param += param === '' ? pathKey(key) : `.${pathKey(key)}`;
    found = typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined;
  }
  return { param: shortened(param, longestPath), found };
}
