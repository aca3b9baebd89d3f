// Which JSON Schema keywords the grammar enforces, and beside which others; all other assertions are refused by their path.

import { nearest } from '../../src/core/nearest.ts';
import { quotedWord } from '../../src/core/quoted-word.ts';
import { invalid, named, unsupported } from './grammar-problem.ts';
import { nodeOf, type SchemaNode } from './schema-node.ts';
import { stringFormats } from './string-formats.ts';

const annotations = new Set(
  (
    '$schema $id $comment $anchor $defs definitions id title description default example examples deprecated readOnly writeOnly nullable ' +
    'discriminator externalDocs contentEncoding contentMediaType contentSchema'
  ).split(' '),
);

const ofKind: Readonly<Record<string, readonly string[]>> = {
  object: [
    'properties',
    'required',
    'additionalProperties',
    'unevaluatedProperties',
    'propertyNames',
    'patternProperties',
    'minProperties',
    'maxProperties',
  ],
  array: ['items', 'prefixItems', 'additionalItems', 'unevaluatedItems', 'minItems', 'maxItems'],
  string: ['pattern', 'minLength', 'maxLength', 'format'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
};
const typeNames = ['null', 'boolean', 'integer', 'number', 'string', 'array', 'object'];
const unions = ['$ref', 'anyOf', 'oneOf', 'allOf'];
const counts = ['minItems', 'maxItems', 'minLength', 'maxLength', 'minProperties', 'maxProperties'];
/** What says the same, or nearly, of keywords that are refused. */
const instead: ReadonlyMap<string, string> = new Map([
  ['not', 'say what is allowed, by enum or anyOf'],
  ['contains', 'use items or prefixItems'],
  ...['if', 'then', 'else', 'dependencies', 'dependentRequired', 'dependentSchemas'].map(
    (word) => [word, 'use anyOf, with a branch for each case'] as const,
  ),
  ...['$dynamicRef', '$recursiveRef'].map((word) => [word, 'use $ref'] as const),
]);
const known = new Set([...Object.values(ofKind).flat(), ...unions, 'type', 'const', 'enum']);
/** No keyword is as long. */
const longestMisspelt = 40;

/** The keywords that say which values are valid. A `format` that no grammar holds does not. */
export function assertions(node: SchemaNode): readonly string[] {
  return Object.keys(node).filter(
    (word) =>
      !annotations.has(word) &&
      !word.startsWith('x-') &&
      !(word === 'format' && typeof node['format'] === 'string' && !stringFormats.has(node['format'])) &&
      !(word === 'uniqueItems' && node['uniqueItems'] === false),
  );
}

/** Throws: GrammarProblem for a keyword that is unknown, of the wrong type, or stands beside one that it cannot be combined with. */
export function assertKnownKeywords(node: SchemaNode, path: string): void {
  const used = assertions(node);
  for (const word of used) {
    if (!known.has(word)) {
      const message = `expected a keyword that a grammar can enforce, got ${quotedWord(word)}`;
      unsupported(message, named(path, word), adviceFor(word));
    }
    assertShape(word, node[word], `${path}.${word}`);
  }
  const constant = used.find((word) => word === 'const' || word === 'enum');
  const beside = used.find((word) => word !== constant && word !== 'type' && !unions.includes(word));
  if (constant !== undefined && beside !== undefined) {
    unsupported(`expected no ${beside} beside ${constant}, which lists the values itself`, `${path}.${beside}`, 'leave it out');
  }
  if ('multipleOf' in node && node['multipleOf'] !== 1) {
    unsupported(`expected multipleOf to be 1, for whole numbers, got ${String(node['multipleOf'])}`, `${path}.multipleOf`);
  }
  for (const word of ['unevaluatedProperties', 'unevaluatedItems']) {
    if (nodeOf(node[word]) !== undefined) unsupported(`expected ${word} to be true or false, got a schema`, `${path}.${word}`);
  }
}

/** Of a short word the half makes another one. */
function mostTypos(word: string): number {
  return Math.ceil(word.length / 2) - 1;
}

/** For a keyword that is refused. */
function adviceFor(word: string): string {
  const other = instead.get(word);
  const meant = other === undefined && word.length <= longestMisspelt ? nearest(word, known, mostTypos(word)) : undefined;
  return other ?? (meant === undefined ? 'leave it out, and check the answer' : `did you mean ${meant}`);
}

/** A type, or a plain value. */
function came(value: unknown): string {
  if (typeof value === 'string') return quotedWord(value);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : typeOf(value);
}

function assertShape(word: string, value: unknown, path: string): void {
  const isText = (one: unknown): boolean => typeof one === 'string';
  const isSchema = typeof value === 'boolean' || nodeOf(value) !== undefined;
  const wrong = (expected: string, got = came(value)): never => invalid(`expected ${word} to be ${expected}, got ${got}`, path);
  if (['properties', 'patternProperties'].includes(word) && nodeOf(value) === undefined) wrong('an object');
  if (['$ref', 'pattern', 'format'].includes(word) && !isText(value)) wrong('a string');
  if (['anyOf', 'oneOf', 'allOf', 'enum'].includes(word) && !(Array.isArray(value) && value.length > 0))
    wrong('an array that is not empty', Array.isArray(value) ? 'an empty one' : undefined);
  if (word === 'prefixItems' && !Array.isArray(value)) wrong('an array');
  if (word === 'items' && !isSchema && !Array.isArray(value)) wrong('a schema, or a list of schemas as in prefixItems');
  if (/^(unevaluated|additional|propertyNames)/.test(word) && !isSchema) wrong('a schema');
  if (word === 'required' && !(Array.isArray(value) && value.every(isText))) wrong('an array of strings');
  const isOldBound = word.startsWith('exclusive') && typeof value === 'boolean';
  if (ofKind['number']?.includes(word) && !isOldBound && !Number.isFinite(value)) wrong('a number');
  if (counts.includes(word) && !(Number.isInteger(value) && Number(value) >= 0)) wrong('a whole number of at least 0');
  const types: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (word === 'type' && !(types.length > 0 && types.every((type) => isText(type) && typeNames.includes(String(type))))) {
    wrong(`one of ${typeNames.join(', ')}`);
  }
}

/**
 * The same in the words of one draft: `nullable` as a type, a list of `items` as `prefixItems`, bounds that are excluded as numbers.
 * Call it on a node whose keywords were checked.
 */
export function modern(node: SchemaNode): SchemaNode {
  const out: Record<string, unknown> = { ...node };
  if (node['nullable'] === true && node['type'] !== undefined) out['type'] = [...new Set([...listOf(node['type']), 'null'])];
  if (Array.isArray(node['items'])) {
    out['prefixItems'] = node['items'];
    delete out['items'];
    if ('additionalItems' in node) out['items'] = node['additionalItems'];
  }
  delete out['additionalItems'];
  delete out['nullable'];
  for (const [excluded, included] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    if (typeof node[excluded] !== 'boolean') continue;
    delete out[excluded];
    if (node[excluded] === true && node[included] !== undefined) {
      out[excluded] = node[included];
      delete out[included];
    }
  }
  return out;
}

/** A part of a schema, of which the `unevaluated…` keywords see nothing but the part. `raw`: with its own parts. */
export function evaluated(node: SchemaNode, raw: SchemaNode, path: string): SchemaNode {
  const out: Record<string, unknown> = { ...node };
  for (const [word, plain] of [
    ['unevaluatedProperties', 'additionalProperties'],
    ['unevaluatedItems', 'items'],
  ] as const) {
    delete out[word];
    if (node[word] !== false) continue;
    if (unions.some((union) => union in raw)) {
      unsupported(`expected no ${word} beside $ref, anyOf, oneOf or allOf inside of another schema`, `${path}.${word}`, `use ${plain}`);
    }
    out[plain] = node[plain] ?? false;
  }
  return out;
}

/** The types that a schema without unions is written for; undefined for any. Throws: GrammarProblem where keywords of a type stand without it. */
export function inferredTypes(node: SchemaNode, path: string): readonly string[] | undefined {
  const types = writtenTypes(node);
  if (node['type'] === undefined && types.length > 1) {
    unsupported(`expected a type, because keywords of ${types.join(' and ')} are present`, `${path}.type`);
  }
  return types.length === 0 ? undefined : types;
}

/** Those of the keywords where there is no `type`; empty: of no keyword. */
export function writtenTypes(node: SchemaNode): readonly string[] {
  if (node['type'] !== undefined) return textsOf(node['type']);
  const used = assertions(node);
  return Object.keys(ofKind).filter((kind) => ofKind[kind]?.some((word) => used.includes(word)));
}

export function matchesTypes(value: unknown, type: unknown): boolean {
  if (type === undefined) return true;
  const types = listOf(type);
  return types.includes(typeOf(value)) || (typeof value === 'number' && types.includes('number'));
}

export function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

/** Those of a list that are texts: what is not checked yet may hold anything. */
export function textsOf(value: unknown): readonly string[] {
  return listOf(value).filter((one) => typeof one === 'string');
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}
