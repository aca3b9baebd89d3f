// Checks a value against a JSON Schema and turns the first problem into an error a client can act on.

import type { TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import type { TLocalizedValidationError } from 'typebox/error';
import { InferenceError } from '../core/errors.ts';

// A memo, not state: the same schema always compiles to the same validator, and it goes when the schema goes.
const compiled = new WeakMap<object, Validator>();

/**
 * Passes a value that fits the schema; nothing is coerced.
 * Throws: InferenceError `missing_required_parameter`, `invalid_type` or `invalid_value` with the field's path in `param`.
 */
export function checkSchema(schema: object, value: unknown): void {
  const validator = compileSchema(schema);
  if (validator.Check(value)) return;
  const first = clearest(validator.Errors(value));
  if (first === undefined) throw new InferenceError('invalid_value', 'expected a value that fits the schema');
  throw toError(first, value);
}

/** Compiles a schema, once. Throws: whatever is wrong with the schema itself. */
export function compileSchema(schema: object): Validator {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const validator: Validator = Compile(schema as TSchema); // any object is a schema to TypeBox
  compiled.set(schema, validator);
  return validator;
}

/** A value as error messages may name it: its JSON type, or the number itself. Never text of the user. */
export function describe(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

interface Problem {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: Readonly<Record<string, unknown>>;
}

interface Candidate extends Problem {
  readonly schemaPath: string;
}

/**
 * The problem to report. Inside a union only the branch that the value was meant for matters: one whose outer type fits.
 * Where no branch fits, the accepted types are told together.
 */
function clearest(errors: readonly TLocalizedValidationError[]): Problem | undefined {
  return within(
    errors.map((error) => ({ ...error, params: { ...error.params } })),
    0,
  );
}

function within(errors: readonly Candidate[], from: number): Problem | undefined {
  const first = errors[0];
  if (first === undefined) return undefined;
  const union = /\/(?:anyOf|oneOf)\/\d+/.exec(first.schemaPath.slice(from));
  if (union === null) return first;
  const unionPath = first.schemaPath.slice(0, from + union.index);
  const branches = new Map<string, Candidate[]>();
  for (const error of errors) {
    const branch = error.schemaPath.startsWith(unionPath) ? /^\/(?:anyOf|oneOf)\/\d+/.exec(error.schemaPath.slice(unionPath.length)) : null;
    if (branch !== null) branches.set(branch[0], [...(branches.get(branch[0]) ?? []), error]);
  }
  // An outer-level mismatch is reported at the union's own path; it is the shortest path of all branches.
  const root = [...branches.values()]
    .flat()
    .reduce((path, error) => (error.instancePath.length < path.length ? error.instancePath : path), first.instancePath);
  const fitting = [...branches.values()].filter((branch) => !branch.some((error) => error.instancePath === root && isOuterMismatch(error)));
  // A lone problem with the whole value, such as its length, means that everything inside fits this branch.
  const best = fitting.find((branch) => branch.length === 1 && branch[0]?.instancePath === root) ?? fitting.sort(byProgress)[0];
  if (best === undefined)
    return joined(
      [...branches.values()].flat().filter((error) => error.instancePath === root),
      root,
    );
  return within(best, unionPath.length + (union[0]?.length ?? 0));
}

const outerKeywords = new Set(['type', 'const', 'enum']);

function isOuterMismatch(error: Problem): boolean {
  return outerKeywords.has(error.keyword);
}

/** The branch that got furthest through the value before its first problem comes first. */
function byProgress(a: readonly Problem[], b: readonly Problem[]): number {
  const [left, right] = [a[0]?.instancePath ?? '', b[0]?.instancePath ?? ''];
  return right.localeCompare(left, 'en', { numeric: true }) || a.length - b.length;
}

/** One problem out of branches of which none fits: the types, or the literal values, that would. */
function joined(errors: readonly Problem[], instancePath: string): Problem {
  const literals = errors.flatMap((error) => {
    if (error.keyword === 'const') return [error.params['allowedValue']];
    return error.keyword === 'enum' && Array.isArray(error.params['allowedValues']) ? error.params['allowedValues'] : [];
  });
  const types = errors.filter((error) => error.keyword === 'type').flatMap((error) => error.params['type']);
  return { keyword: literals.length > 0 ? 'enum' : 'type', instancePath, params: { allowedValues: literals, type: [...new Set(types)] } };
}

function toError(problem: Problem, value: unknown): InferenceError {
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
  const typed = problem.keyword === 'type' || (problem.keyword === 'enum' && !sameType(problem.params['allowedValues'], found));
  return new InferenceError(
    typed ? 'invalid_type' : 'invalid_value',
    `expected ${param === '' ? 'the body' : param} to be ${expected}, got ${sized(problem.keyword, found)}`,
    details,
  );
}

function sameType(allowed: unknown, found: unknown): boolean {
  return Array.isArray(allowed) && allowed.some((value) => typeof value === typeof found);
}

function sized(keyword: string, found: unknown): string {
  if ((keyword === 'minItems' || keyword === 'maxItems') && Array.isArray(found)) return `${found.length} items`;
  if ((keyword === 'minLength' || keyword === 'maxLength') && typeof found === 'string') return `${found.length} characters`;
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
      return `at least ${String(params['limit'])} items long`;
    case 'maxItems':
      return `at most ${String(params['limit'])} items long`;
    case 'minLength':
      return `at least ${String(params['limit'])} characters long`;
    case 'maxLength':
      return `at most ${String(params['limit'])} characters long`;
    case 'pattern':
      return `text that matches ${String(params['pattern'])}`;
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return 'an object without unknown keys';
    default:
      return `valid by ${keyword}`;
  }
}

function listOf(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).map(String);
}

/** Turns a JSON pointer into the client's spelling, and finds the value there. */
function locate(pointer: string, value: unknown): { readonly param: string; readonly found: unknown } {
  let found = value;
  let param = '';
  for (const escaped of pointer.split('/').slice(1)) {
    const key = escaped.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(found)) param += `[${key}]`;
    else param += param === '' ? key : `.${key}`;
    found = typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined;
  }
  return { param, found };
}
