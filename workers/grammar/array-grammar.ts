// EBNF of arrays.

import { invalid, unsupported } from './grammar-problem.ts';
import type { SchemaNode } from './schema-node.ts';
import { count } from './value-grammar.ts';

/** Each repetition makes the automaton larger; above this, less is offered where that stays valid. */
const mostItems = 256;

/** `child`: name of the rule of a part. */
export function arrayExpression(node: SchemaNode, path: string, child: (schema: unknown, path: string) => string): string {
  const prefix = Array.isArray(node['prefixItems']) ? node['prefixItems'] : [];
  const least = count(node['minItems'], 0);
  const most = count(node['maxItems'], Number.POSITIVE_INFINITY);
  if (least > most) invalid(`expected minItems up to maxItems, which is ${most}, got ${least}`, `${path}.minItems`);
  if (least > mostItems) unsupported(`expected minItems to be at most ${mostItems}, got ${least}`, `${path}.minItems`);
  // Those that may be absent are written inside each other, which the library reads recursively.
  if (prefix.length > mostItems) {
    unsupported(`expected prefixItems, or items as a list, of at most ${mostItems} schemas, got ${prefix.length}`, `${path}.prefixItems`);
  }
  const heads = prefix.slice(0, most).map((item, index) => child(item, `${path}.prefixItems[${index}]`));
  const items = node['items'] ?? node['unevaluatedItems'] ?? true;
  const hasRest = items !== false && most > heads.length;
  if (!hasRest && least > heads.length) {
    invalid(`expected minItems up to ${heads.length}, the items that are allowed, got ${least}`, `${path}.minItems`);
  }
  let tail = hasRest ? rest(child(items, `${path}.items`), heads.length, least, most) : '';
  for (let index = heads.length - 1; index >= 0; index -= 1) {
    const item = `${index === 0 ? '' : '", " '}${heads[index]} ${tail}`;
    tail = index < least ? item : `(${item})?`;
  }
  return `"[" ${tail} "]"`;
}

/** What comes behind the first `before` items. */
function rest(item: string, before: number, least: number, most: number): string {
  const from = Math.max(0, least - before);
  const to = most - before;
  if (before > 0) return `(", " ${item})${times(from, to)}`;
  const some = `${item} (", " ${item})${times(Math.max(0, from - 1), to - 1)}`;
  return from === 0 ? `(${some})?` : some;
}

/** EBNF of a number of repetitions. */
export function times(from: number, to: number): string {
  return to === Number.POSITIVE_INFINITY ? `{${from},}` : `{${from},${Math.min(to, mostItems)}}`;
}
