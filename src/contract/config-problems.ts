// Everything that is wrong with a configuration, in one list, in words that help.

import { Settings } from 'typebox/system';
import { Default, Errors } from 'typebox/value';
import type { TSchema } from 'typebox';
import { nearest } from '../core/nearest.ts';
import { alternatives, branchMeant, branchesOf } from './union-branch.ts';

/** One line per problem, each with the path of its key. Empty when the value fits. */
export function configProblems(schema: TSchema, value: unknown): string[] {
  return [...problemsBelow('', schema, value).values()];
}

/** By the path of the key, since one problem per key is enough. */
function problemsBelow(base: string, schema: TSchema, value: unknown): Map<string, string> {
  const problems = new Map<string, string>();
  const errors = allErrors(schema, value);
  const unions = errors.filter(({ keyword }) => keyword === 'anyOf');
  for (const error of errors) {
    // The branches of a union fail one by one, and one in another; the outermost says it all.
    if (unions.some((union) => isInside(error, union))) continue;
    for (const [key, problem] of problemsOf(error, base, schema, value)) if (!problems.has(key)) problems.set(key, problem);
  }
  return problems;
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

/** Items of one list share the path of the schema, so the place in the value counts as well. */
function isInside(error: Failure, union: Failure): boolean {
  return error.schemaPath.startsWith(`${union.schemaPath}/anyOf/`) && `${error.instancePath}/`.startsWith(`${union.instancePath}/`);
}

function problemsOf(error: Failure, base: string, schema: TSchema, value: unknown): Iterable<[string, string]> {
  const path = joined(base, keyPath(error.instancePath));
  const at = (key: string): string => joined(path, key);
  if (error.keyword === 'boolean') return [[path, unknownKey(error, path, schema)]];
  // Said better by the key's own line.
  if (error.keyword === 'additionalProperties') return [];
  if (error.keyword === 'required') return error.params.requiredProperties.map((key) => [at(key), `${at(key)}: missing`]);
  if (error.keyword === 'anyOf') return unionProblems(path, unionAt(schema, error.schemaPath), valueAt(value, error.instancePath));
  return [[path, `${path === '' ? 'the file' : path}: ${error.message}, got ${found(valueAt(value, error.instancePath))}`]];
}

/** What is wrong in the branch that was meant; where that cannot be told, what the branches are. */
function unionProblems(path: string, branches: readonly TSchema[], value: unknown): Iterable<[string, string]> {
  const meant = branchMeant(branches, value);
  // No branch fitted, so none has been filled with its defaults yet.
  if (meant !== undefined) return problemsBelow(path, meant, Default(meant, structuredClone(value)));
  return [[path, `${path}: expected ${alternatives(branches, value)}, got ${found(value)}${nearestConstant(branches, value)}`]];
}

function unionAt(schema: TSchema, schemaPath: string): readonly TSchema[] {
  let at: unknown = schema;
  for (const part of schemaPath.split('/').slice(1)) at = member(at, part);
  return branchesOf(at);
}

// In a shorter word two letters are most of it, and what is near to it means something else.
const shortestGuess = 4;

function nearestConstant(branches: readonly TSchema[], value: unknown): string {
  const constants = branches.map((branch) => member(branch, 'const') as unknown).filter((constant) => typeof constant === 'string');
  const near = typeof value === 'string' && value.length >= shortestGuess ? nearest(value, constants) : undefined;
  return near === undefined ? '' : `; did you mean "${near}"?`;
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

function valueAt(value: unknown, pointer: string): unknown {
  let at: unknown = value;
  for (const part of pointer.split('/').slice(1)) at = member(at, part);
  return at;
}

function found(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value === null) return 'null';
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'an object';
  return `a ${typeof value}`;
}

function member(value: unknown, key: string): object | undefined {
  return typeof value === 'object' && value !== null
    ? (Object.getOwnPropertyDescriptor(value, key)?.value as object | undefined)
    : undefined;
}

function joined(base: string, path: string): string {
  return base === '' || path === '' || path.startsWith('[') ? `${base}${path}` : `${base}.${path}`;
}

function keyPath(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part, index) => (/^\d+$/.test(part) ? `[${part}]` : index === 0 ? part : `.${part}`))
    .join('');
}
