// Finds keys that a route does not know, for servers that refuse them: a misspelt field would else be ignored without a word.

import { InferenceError } from '../core/errors.ts';
import type { MethodName } from '../contract/methods.ts';
import { pathKey } from '../core/quoted-word.ts';
import { knownFields } from './known-fields.ts';
import { joined } from './policy/find-at.ts';
import { dialectFor } from './route-dialects.ts';
import { branchesOf, fittingBranches, isRecord, membersOf } from './schema-fit.ts';

type Steps = readonly string[];

/**
 * The check of a strict server, for a body that passed the schema of its route. The body of `predict` is the model's own, and so are
 * the members that the model's own schema adds to another route's.
 * Throws: InferenceError `unknown_parameter` naming the path of the first key.
 */
export function refuseUnknown(method: MethodName, body: unknown, ownSchema?: object): void {
  if (method === 'predict') return;
  const known = [...knownFields(method), ...membersOf(ownSchema).map((key) => [key])];
  const param = unknownKey(dialectFor(method).inputSchema, body, known);
  if (param !== undefined) throw new InferenceError('unknown_parameter', `expected no ${param}`, { param });
}

/**
 * The path of the first key that neither the schema lists nor `known` has, at any depth. An object is closed where its schema lists
 * properties; of a union the branches that fit the value count. What `known` leads to is open.
 */
export function unknownKey(schema: unknown, value: unknown, known: readonly Steps[] = []): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!isRecord(schema)) return undefined;
  const branches = branchesOf(schema);
  if (branches !== undefined) return inBranches(fittingBranches(branches, value), value, known);
  if (Array.isArray(value)) {
    const below = tails(known, '[]');
    for (let index = 0; index < value.length; index += 1) {
      const found = unknownKey(schema['items'], value[index], below);
      if (found !== undefined) return joined(`[${index}]`, found);
    }
    return undefined;
  }
  const { properties } = schema;
  if (!isRecord(value) || !isRecord(properties)) return undefined;
  for (const [key, member] of Object.entries(value)) {
    const below = tails(known, key);
    if (!Object.hasOwn(properties, key)) {
      if (below.length === 0) return pathKey(key);
      continue;
    }
    const found = unknownKey(properties[key], member, below);
    if (found !== undefined) return joined(key, found);
  }
  return undefined;
}

function inBranches(branches: readonly unknown[], value: unknown, known: readonly Steps[]): string | undefined {
  let first: string | undefined;
  for (const branch of branches) {
    const found = unknownKey(branch, value, known);
    if (found === undefined) return undefined;
    first ??= found;
  }
  return first;
}

/** What is left of the paths that begin with the step. */
function tails(known: readonly Steps[], step: string): readonly Steps[] {
  return known.filter((steps) => steps[0] === step).map((steps) => steps.slice(1));
}
