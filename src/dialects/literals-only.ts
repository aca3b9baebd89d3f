// Tells whether what came at a place was to be one of a few words of the API, which a message may repeat. A text of a user is in none.

import { keysOf } from './json-pointer.ts';
import { branchesOf, isRecord } from './schema-fit.ts';

/**
 * Whether all that the schema may say of the place, in whatever branch, takes no texts but literals. What is not understood, such as
 * a reference, takes any text.
 */
export function literalsOnly(schema: unknown, pointer: string): boolean {
  const found = keysOf(pointer).reduce<readonly unknown[]>((parts, key) => parts.flatMap((part) => inside(part, key)), [schema]);
  return found.length > 0 && found.every(takesNoText);
}

function takesNoText(schema: unknown): boolean {
  if (!isRecord(schema)) return schema === false;
  if ('const' in schema || 'enum' in schema) return true;
  const { type } = schema;
  return (type !== undefined && ![type].flat().includes('string')) || branchesOf(schema)?.every(takesNoText) === true;
}

const unread = ['$ref', '$dynamicRef', '$recursiveRef', 'allOf', 'if', 'patternProperties', 'prefixItems'];

/** What a schema says of a member or an item, one part for each branch that may hold it. */
function inside(schema: unknown, key: string): readonly unknown[] {
  if (!isRecord(schema)) return schema === false ? [] : [true];
  if (unread.some((word) => word in schema)) return [true];
  const branches = branchesOf(schema);
  if (branches !== undefined) return branches.flatMap((branch) => inside(branch, key));
  const { type, properties, additionalProperties, items } = schema;
  if (type !== undefined && ![type].flat().some((name) => name === 'object' || name === 'array')) return [];
  if ('const' in schema || 'enum' in schema) return [];
  return [isRecord(properties) && Object.hasOwn(properties, key) ? properties[key] : (additionalProperties ?? items ?? true)];
}
