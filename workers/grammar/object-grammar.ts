// EBNF of objects: those with declared properties, and maps.

import { quotedWord } from '../../src/core/quoted-word.ts';
import type { GrammarBudget } from './grammar-budget.ts';
import { invalid, literal, named, unsupported } from './grammar-problem.ts';
import { jsonText } from './json-text.ts';
import { assertions, matchesTypes } from './schema-keywords.ts';
import { nodeOf, type SchemaNode } from './schema-node.ts';
import { times } from './array-grammar.ts';
import { count } from './value-grammar.ts';

/** Each takes two rules. */
const mostProperties = 2000;

/** What the writer of the whole schema lends. */
export interface ObjectParts {
  readonly budget: GrammarBudget;
  /** Name of the rule of a part. */
  child(schema: unknown, path: string): string;
  /** Name of a new rule. */
  rule(expression: string): string;
  /** A part without its $ref and allOf. */
  plain(schema: unknown, path: string): SchemaNode;
}

export function objectExpression(node: SchemaNode, path: string, parts: ObjectParts): string {
  const additional = node['additionalProperties'] ?? (node['unevaluatedProperties'] === false ? false : undefined);
  const keys = keysOf(node, path, parts);
  const declared = nodeOf(node['properties']) ?? {};
  const written = Object.keys(declared).length > 0 ? withNames(declared, keys.names) : fromNames(keys.names, additional);
  if (keys.schema !== undefined && Object.keys(declared).length > 0) {
    unsupported(`expected no ${keys.word} beside declared properties`, `${path}.${keys.word}`, 'leave one of the two out');
  }
  const required = new Set(Array.isArray(node['required']) ? node['required'].map(String) : []);
  for (const name of required) {
    if (!written.has(name)) {
      unsupported(`expected the required property ${quotedWord(name)} to be declared by properties`, `${path}.required`);
    }
  }
  if (written.size > 0) return properties(written, required, node, path, parts);
  const least = count(node['minProperties'], 0);
  const most = count(node['maxProperties'], Number.POSITIVE_INFINITY);
  if (least > most) invalid(`expected minProperties up to maxProperties, which is ${most}, got ${least}`, `${path}.minProperties`);
  // The second is an object that is declared without properties, as by a tool without arguments.
  const isEmpty = keys.value === undefined && (additional === false || (additional === undefined && 'properties' in node));
  if (isEmpty && least > 0)
    invalid(`expected minProperties of an object without properties to be 0, got ${least}`, `${path}.minProperties`);
  if (isEmpty || most === 0) return '"{}"';
  // Nothing keeps a name from being written twice.
  if (least > 1) unsupported(`expected minProperties to be at most 1 without declared properties, got ${least}`, `${path}.minProperties`);
  const key = keys.schema === undefined ? 'str' : parts.child(keys.schema, `${path}.${keys.word}`);
  const value = keys.value ?? parts.child(additional ?? true, `${path}.additionalProperties`);
  const pairs = `${key} ": " ${value} (", " ${key} ": " ${value})${times(0, most - 1)}`;
  return `"{" ${least === 1 ? pairs : `(${pairs})?`} "}"`;
}

interface Keys {
  /** All that are allowed. */
  readonly names?: readonly string[];
  /** Of their text. */
  readonly schema?: SchemaNode;
  /** Rule of the values. */
  readonly value?: string;
  readonly word?: 'propertyNames' | 'patternProperties';
}

function keysOf(node: SchemaNode, path: string, parts: ObjectParts): Keys {
  const patterns = Object.entries(nodeOf(node['patternProperties']) ?? {});
  const [only] = patterns;
  if (only !== undefined) {
    if (patterns.length > 1 || node['propertyNames'] !== undefined)
      unsupported('expected patternProperties of one pattern, without propertyNames beside it', `${path}.patternProperties`);
    const [pattern, schema] = only;
    const value = parts.child(schema, named(`${path}.patternProperties`, pattern));
    return { word: 'patternProperties', schema: { type: 'string', pattern }, value };
  }
  if (node['propertyNames'] === undefined || node['propertyNames'] === true) return {};
  const names = parts.plain(node['propertyNames'], `${path}.propertyNames`);
  if (!matchesTypes('', names['type'])) invalid('expected propertyNames of the type string', `${path}.propertyNames.type`);
  const constants = 'const' in names ? [names['const']] : names['enum'];
  if (Array.isArray(constants)) return { word: 'propertyNames', names: constants.filter((name) => typeof name === 'string') };
  if (assertions(names).every((word) => word === 'type')) return {};
  return { word: 'propertyNames', schema: { ...names, type: 'string' } };
}

function withNames(declared: SchemaNode, names: readonly string[] | undefined): ReadonlyMap<string, unknown> {
  const allowed = names === undefined ? undefined : new Set(names);
  return new Map(Object.entries(declared).filter(([name]) => allowed?.has(name) ?? true));
}

function fromNames(names: readonly string[] | undefined, additional: unknown): ReadonlyMap<string, unknown> {
  return new Map(additional === false ? [] : names?.map((name) => [name, additional ?? true]));
}

/** Properties that are not declared are never written, whatever additionalProperties says: they could repeat a declared name. */
function properties(
  written: ReadonlyMap<string, unknown>,
  required: ReadonlySet<string>,
  node: SchemaNode,
  path: string,
  parts: ObjectParts,
): string {
  if (written.size > mostProperties)
    unsupported(`expected at most ${mostProperties} properties, got ${written.size}`, `${path}.properties`);
  const least = count(node['minProperties'], 0);
  const sure = Math.max(1, required.size);
  if (least > sure)
    unsupported(`expected minProperties up to ${sure}, the required properties or 1, got ${least}`, `${path}.minProperties`);
  const most = count(node['maxProperties'], written.size);
  if (most < written.size) {
    unsupported(`expected maxProperties of at least ${written.size}, the declared properties, got ${most}`, `${path}.maxProperties`);
  }
  // Undefined: what came before cannot be all.
  let first = least > 0 ? undefined : '""';
  let later = '""';
  for (const [name, schema] of [...written].reverse()) {
    const at = named(`${path}.properties`, name);
    const key = parts.budget.paid(literal(`${jsonText(name, at)}: `), at);
    const pair = `${key} ${parts.child(schema, at)}`;
    const isRequired = required.has(name);
    const skipFirst = isRequired || first === undefined ? '' : ` | ${first}`;
    first = parts.rule(`${pair} ${later}${skipFirst}`);
    later = parts.rule(`", " ${pair} ${later}${isRequired ? '' : ` | ${later}`}`);
  }
  return `"{" ${first ?? '""'} "}"`;
}
