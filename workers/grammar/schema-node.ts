// Parts of a client's JSON Schema: what is an object, and where a $ref leads.

import { quotedWord } from '../../src/core/quoted-word.ts';
import { invalid, unsupported } from './grammar-problem.ts';

export type SchemaNode = Readonly<Record<string, unknown>>;

/** Undefined for what is no object, such as `true`. */
export function nodeOf(value: unknown): SchemaNode | undefined {
  // Checked to be an object in the same line.
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as SchemaNode) : undefined;
}

/** What a `$ref` means. Throws: GrammarProblem at `path` where it leads nowhere, or out of the schema. */
export function referred(root: unknown, target: string, path: string): unknown {
  if (!/^#(\/|$)/.test(target)) unsupported(`expected a $ref that begins with #/, got ${quotedWord(target)}`, path);
  let node = root;
  for (const part of target.split('/').slice(1)) {
    const key = decoded(part, path).replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof node !== 'object' || node === null || !Object.hasOwn(node, key)) {
      invalid(`expected a $ref to a part of this schema, got ${quotedWord(target)}`, path);
    }
    node = Object.getOwnPropertyDescriptor(node, key)?.value;
  }
  return node;
}

function decoded(part: string, path: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return invalid(`expected a $ref that is an encoded JSON pointer, got ${quotedWord(part)} in it`, path);
  }
}
