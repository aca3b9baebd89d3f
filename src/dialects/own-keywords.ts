// The part of a schema that can be checked without a look inside the value.

import { branchesOf, isRecord, type Keywords } from './schema-fit.ts';

const flat = [
  'type const enum required minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minItems maxItems minLength maxLength',
  'pattern format minProperties maxProperties',
].flatMap((words) => words.split(' '));

// A memo, not state; it also keeps each part one object, so that it compiles once.
const parts = new WeakMap<object, Keywords>();

/** The schema's keywords about the value itself: its type, its length, what it requires; and those of a union's branches. */
export function ownKeywords(schema: Keywords): Keywords {
  const known = parts.get(schema);
  if (known !== undefined) return known;
  const kept: Record<string, unknown> = Object.fromEntries(flat.filter((key) => key in schema).map((key) => [key, schema[key]]));
  const branches = branchesOf(schema);
  // Of a `oneOf` several parts may fit, though the whole branches do not.
  if (branches !== undefined) kept['anyOf'] = branches.map((branch) => (isRecord(branch) ? ownKeywords(branch) : branch));
  parts.set(schema, kept);
  return kept;
}
