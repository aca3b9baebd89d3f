// Finds a list that is too long for its schema by its length alone, so that a huge one costs nothing to refuse.

import type { Problem } from './clearest-problem.ts';
import { below } from './json-pointer.ts';
import { branchesOf, fittingBranches, isRecord } from './schema-fit.ts';

/**
 * The first list that no branch of the schema can accept for its length. Items are visited only where they may hold lists with
 * limits themselves, and never those of a list that is too long.
 */
export function overlong(schema: unknown, value: unknown, path = ''): Problem | undefined {
  if (typeof value !== 'object' || value === null || !isRecord(schema) || !limitsLists(schema)) return undefined;
  const branches = branchesOf(schema);
  if (branches !== undefined) {
    const problems = fittingBranches(branches, value).map((branch) => overlong(branch, value, path));
    return problems.every((problem) => problem !== undefined) ? problems[0] : undefined;
  }
  if (Array.isArray(value)) return overlongList(schema, value, path);
  const properties = isRecord(schema['properties']) ? schema['properties'] : {};
  for (const [key, member] of Object.entries(properties)) {
    const problem = Object.hasOwn(value, key) ? overlong(member, Reflect.get(value, key), below(path, key)) : undefined;
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function overlongList(schema: Readonly<Record<string, unknown>>, list: readonly unknown[], path: string): Problem | undefined {
  const { maxItems, items } = schema;
  if (typeof maxItems === 'number' && list.length > maxItems) {
    return { keyword: 'maxItems', instancePath: path, params: { limit: maxItems } };
  }
  if (!isRecord(items) || !limitsLists(items) || 'prefixItems' in schema) return undefined;
  for (const [index, item] of list.entries()) {
    if (typeof item !== 'object') continue;
    const problem = overlong(items, item, below(path, index));
    if (problem !== undefined) return problem;
  }
  return undefined;
}

// A memo, not state: what a schema says stays.
const limiting = new WeakMap<object, boolean>();

function limitsLists(schema: object): boolean {
  const known = limiting.get(schema) ?? JSON.stringify(schema).includes('"maxItems":');
  limiting.set(schema, known);
  return known;
}
