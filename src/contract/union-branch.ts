// Which branch of a union a value was meant to be, so that its problems can be told instead of those of every branch.

import type { TSchema } from 'typebox';
import { nearest } from '../core/nearest.ts';

/** The branches of a union; none where the schema is no union. */
export function branchesOf(union: unknown): readonly TSchema[] {
  const branches = of(union, 'anyOf');
  return Array.isArray(branches) ? branches : [];
}

/**
 * The only branch of the value's type. Of several objects the one that has most of the value's keys, or keys most like them; undefined
 * where no key tells.
 */
export function branchMeant(branches: readonly TSchema[], value: unknown): TSchema | undefined {
  const ofType = branches.filter((branch) => of(branch, 'const') === undefined && fits(of(branch, 'type'), value));
  if (ofType.length < 2 || !isObject(value)) return ofType.length === 1 ? ofType[0] : undefined;
  const keys = Object.keys(value);
  return (
    mostOf(ofType, (own) => keys.filter((key) => own.includes(key)).length) ??
    mostOf(ofType, (own) => keys.filter((key) => nearest(key, own) !== undefined).length)
  );
}

/** The branches in words: a constant as it is written, of several objects the keys that tell them apart, anything else by its type. */
export function alternatives(branches: readonly TSchema[], value: unknown): string {
  if (branches.length === 0) return 'one of the documented values';
  const objects = branches.filter((branch) => of(branch, 'type') === 'object');
  if (isObject(value) && objects.length > 1) return `an object with ${listed(objects.flatMap((branch) => tellingKeys(branch, objects)))}`;
  const words = branches.map((branch) => String(of(branch, 'const') ?? typeInWords(of(branch, 'type'))));
  return [...new Set(words)].join(' or ');
}

/** The first branch with the highest count; undefined where every count is 0. The count is over the keys of its own. */
function mostOf(branches: readonly TSchema[], count: (ownKeys: readonly string[]) => number): TSchema | undefined {
  let best: TSchema | undefined;
  let most = 0;
  for (const branch of branches) {
    const counted = count(ownKeys(branch, branches));
    if (counted > most) [best, most] = [branch, counted];
  }
  return best;
}

/** What every branch has tells nothing. */
function ownKeys(branch: TSchema, branches: readonly TSchema[]): string[] {
  return keysOf(branch).filter((key) => !branches.every((other) => keysOf(other).includes(key)));
}

/** Own keys without which it is not this branch: a key with a default need not be written. */
function tellingKeys(branch: TSchema, branches: readonly TSchema[]): string[] {
  const required = of(branch, 'required');
  const isAsked = (key: string): boolean =>
    Array.isArray(required) && required.includes(key) && of(of(of(branch, 'properties'), key), 'default') === undefined;
  return ownKeys(branch, branches).filter(isAsked);
}

function keysOf(branch: TSchema): string[] {
  return Object.keys(of(branch, 'properties') ?? {});
}

function listed(keys: readonly string[]): string {
  return keys.length < 2 ? keys.join('') : `${keys.slice(0, -1).join(', ')} or ${keys.at(-1)}`;
}

function typeInWords(type: unknown): string {
  return type === 'null' ? 'null' : `any ${String(type)}`;
}

function fits(type: unknown, value: unknown): boolean {
  if (type === 'object') return isObject(value);
  if (type === 'array') return Array.isArray(value);
  if (type === 'integer' || type === 'number') return typeof value === 'number';
  return type === typeof value;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function of(value: unknown, key: string): object | string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, key)?.value as object | string | undefined; // a schema is JSON
}
