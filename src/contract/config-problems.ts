// Everything that is wrong with a configuration, in one list, in words that help.

import { Settings } from 'typebox/system';
import { Errors } from 'typebox/value';
import type { TSchema } from 'typebox';
import { nearest } from '../core/nearest.ts';

/** One line per problem, each with the path of its key. Empty when the value fits. */
export function configProblems(schema: TSchema, value: unknown): string[] {
  const problems = new Map<string, string>();
  for (const error of allErrors(schema, value)) {
    const path = keyPath(error.instancePath);
    for (const [key, problem] of problemsOf(error, path, schema, value)) if (!problems.has(key)) problems.set(key, problem);
  }
  return [...problems.values()];
}

// More than any file has; the library stops at 8 otherwise.
const mostErrors = 1_000;

/** The bound is a setting of the whole library, so it is put back: request bodies are better off with few errors. */
function allErrors(schema: TSchema, value: unknown): ReturnType<typeof Errors> {
  const { maxErrors } = Settings.Get();
  Settings.Set({ maxErrors: mostErrors });
  try {
    return Errors(schema, value);
  } finally {
    Settings.Set({ maxErrors });
  }
}

type Failure = ReturnType<typeof Errors>[number];

function problemsOf(error: Failure, path: string, schema: TSchema, value: unknown): [string, string][] {
  const at = (key: string): string => (path === '' ? key : `${path}.${key}`);
  if (error.keyword === 'boolean') return [[path, unknownKey(error, path, schema)]];
  // Said better by the key's own line.
  if (error.keyword === 'additionalProperties') return [];
  if (error.keyword === 'required') return error.params.requiredProperties.map((key) => [at(key), `${at(key)}: missing`]);
  // The branches of a union fail one by one; one line says it all.
  if (error.schemaPath.includes('/anyOf/') || error.keyword === 'anyOf') {
    return [[path, `${path}: expected ${alternatives(schemaAt(schema, error.instancePath))}, got ${found(value, error.instancePath)}`]];
  }
  return [[path, `${path === '' ? 'the file' : path}: ${error.message}, got ${found(value, error.instancePath)}`]];
}

/** A closed object has the schema `false` for every other key. */
function unknownKey(error: Failure, path: string, schema: TSchema): string {
  const parent = error.instancePath.slice(0, error.instancePath.lastIndexOf('/'));
  const near = nearest(error.instancePath.slice(parent.length + 1), Object.keys(member(schemaAt(schema, parent), 'properties') ?? {}));
  return `${path}: unknown key${near === undefined ? '' : `; did you mean "${near}"?`}`;
}

function schemaAt(schema: TSchema, pointer: string): unknown {
  let at: unknown = schema;
  for (const part of pointer.split('/').slice(1)) at = member(member(at, 'properties'), part) ?? member(at, 'items');
  return at;
}

/** The branches of a union in words: a constant as it is written, anything else by its type. */
function alternatives(union: unknown): string {
  const branches: unknown = member(union, 'anyOf');
  if (!Array.isArray(branches)) return 'one of the documented values';
  return branches.map((branch: unknown) => String(member(branch, 'const') ?? `any ${String(member(branch, 'type'))}`)).join(' or ');
}

function found(value: unknown, pointer: string): string {
  let at: unknown = value;
  for (const part of pointer.split('/').slice(1)) at = member(at, part);
  if (typeof at === 'number' || typeof at === 'boolean') return String(at);
  if (at === null) return 'null';
  if (typeof at === 'object') return Array.isArray(at) ? 'a list' : 'an object';
  return `a ${typeof at}`;
}

function member(value: unknown, key: string): object | undefined {
  return typeof value === 'object' && value !== null
    ? (Object.getOwnPropertyDescriptor(value, key)?.value as object | undefined)
    : undefined;
}

function keyPath(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part, index) => (/^\d+$/.test(part) ? `[${part}]` : index === 0 ? part : `.${part}`))
    .join('');
}
