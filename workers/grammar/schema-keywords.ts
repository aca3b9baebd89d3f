// Which JSON Schema keywords the grammar enforces, and beside which others; all other assertions are refused by their path.

import { GrammarProblem } from './grammar-problem.ts';

const annotations = new Set(
  '$schema $id $comment $anchor $defs definitions title description default examples deprecated readOnly writeOnly format nullable discriminator'.split(
    ' ',
  ),
);

const ofKind: Readonly<Record<string, readonly string[]>> = {
  object: ['properties', 'required', 'additionalProperties'],
  array: ['items', 'prefixItems', 'minItems', 'maxItems'],
  string: ['pattern', 'minLength', 'maxLength'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
};
const typeNames = ['null', 'boolean', 'integer', 'number', 'string', 'array', 'object'];
const unions = ['$ref', 'anyOf', 'oneOf', 'allOf'];
const counts = ['minItems', 'maxItems', 'minLength', 'maxLength'];

/** Throws: GrammarProblem for a keyword that is unknown, of the wrong type, or stands beside one that it cannot be combined with. */
export function assertKnownKeywords(node: Readonly<Record<string, unknown>>, path: string): void {
  const used = Object.keys(node).filter((word) => !annotations.has(word));
  const known = [...Object.values(ofKind).flat(), ...unions, 'type', 'const', 'enum'];
  for (const word of used) {
    if (!known.includes(word) && !(word === 'uniqueItems' && node[word] === false))
      refuse(word, 'expected a keyword that a grammar can enforce', path);
    assertShape(word, node[word], `${path}.${word}`);
  }
  const alone = used.find((word) => unions.includes(word)) ?? used.find((word) => word === 'const' || word === 'enum');
  const beside = used.find((word) => word !== alone && !(word === 'type' && (alone === 'const' || alone === 'enum')));
  if (alone !== undefined && beside !== undefined) refuse(beside, `expected no other keyword beside ${alone}`, path);
  if (node['pattern'] !== undefined) {
    for (const word of ['minLength', 'maxLength']) if (word in node) refuse(word, 'expected no length beside pattern', path);
  }
  if (Array.isArray(node['allOf']) && node['allOf'].length !== 1) refuse('allOf', 'expected one schema', path);
}

function refuse(word: string, message: string, path: string): never {
  throw new GrammarProblem('unsupported_value', message, undefined, `${path}.${word}`);
}

function assertShape(word: string, value: unknown, path: string): void {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const wrong = (expected: string): never => {
    throw new GrammarProblem('invalid_value', `expected ${expected}`, undefined, path);
  };
  if (word === 'properties' && !isObject) wrong('an object');
  if (['$ref', 'pattern'].includes(word) && typeof value !== 'string') wrong('a string');
  if (['anyOf', 'oneOf', 'allOf', 'enum'].includes(word) && !(Array.isArray(value) && value.length > 0))
    wrong('an array that is not empty');
  if (word === 'prefixItems' && !Array.isArray(value)) wrong('an array');
  if (word === 'required' && !(Array.isArray(value) && value.every((name) => typeof name === 'string'))) wrong('an array of strings');
  if (ofKind['number']?.includes(word) && !Number.isFinite(value)) wrong('a number');
  if (counts.includes(word) && !(Number.isInteger(value) && Number(value) >= 0)) wrong('a whole number of at least 0');
  const types: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (word === 'type' && !(types.length > 0 && types.every((type) => typeof type === 'string' && typeNames.includes(type)))) {
    wrong(`one of ${typeNames.join(', ')}`);
  }
}

/** The types a schema without unions is written for; undefined for any. Throws: GrammarProblem where keywords of a type stand without it. */
export function inferredTypes(node: Readonly<Record<string, unknown>>, path: string): readonly string[] | undefined {
  const type = node['type'];
  if (type !== undefined) return Array.isArray(type) ? type : [String(type)];
  const kinds = Object.keys(ofKind).filter((kind) => ofKind[kind]?.some((word) => word in node));
  if (kinds.length > 1) refuse('type', 'expected a type, because keywords of several types are present', path);
  return kinds.length === 0 ? undefined : kinds;
}

export function matchesTypes(value: unknown, type: unknown): boolean {
  if (type === undefined) return true;
  const types: readonly unknown[] = Array.isArray(type) ? type : [type];
  return types.includes(typeOf(value)) || (typeof value === 'number' && types.includes('number'));
}

export function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}
