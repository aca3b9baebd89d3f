// One schema for what several say at once: `allOf`, and keywords beside a `$ref` or a union. Exact, or refused.

import { quotedWord } from '../../src/core/quoted-word.ts';
import { invalid, unsupported } from './grammar-problem.ts';
import { sortedText } from './json-text.ts';
import { assertions, listOf } from './schema-keywords.ts';
import { nodeOf, type SchemaNode } from './schema-node.ts';

/** What is made one here, in the words of messages. */
const joinedSchemas = 'the schemas that allOf, $ref or a union join';

/** A value fits the result where it fits all of them. Without unions of their own. Throws: GrammarProblem at the keyword that cannot be told. */
export function merged(members: readonly SchemaNode[], path: string): SchemaNode {
  const [first = {}, ...others] = members;
  return others.reduce<SchemaNode>((all, one) => both(all, one, path), first);
}

function both(a: SchemaNode, b: SchemaNode, path: string): SchemaNode {
  const out: Record<string, unknown> = { ...a };
  for (const word of assertions(b)) {
    if (word in objectWords) continue;
    out[word] = assertions(a).includes(word) ? joined(word, a[word], b[word], `${path}.${word}`) : b[word];
  }
  const hasItems = (node: SchemaNode): boolean => 'items' in node || 'prefixItems' in node;
  if (hasItems(a) && hasItems(b) && ('prefixItems' in a || 'prefixItems' in b) && sortedItems(a, path) !== sortedItems(b, path)) {
    unsupported(`expected items and prefixItems in one of ${joinedSchemas}`, `${path}.${'prefixItems' in b ? 'prefixItems' : 'items'}`);
  }
  if ('const' in out && 'enum' in out) {
    out['enum'] = joined('enum', [out['const']], out['enum'], `${path}.enum`);
    delete out['const'];
  }
  const isObject = (node: SchemaNode): boolean => assertions(node).some((word) => word in objectWords || word === 'propertyNames');
  for (const [some, other] of [
    [a, b],
    [b, a],
  ] as const) {
    // What it says of additional properties depends on the patterns beside it.
    if ('patternProperties' in some && isObject(other)) {
      unsupported(`expected no other keyword about properties beside patternProperties in ${joinedSchemas}`, `${path}.patternProperties`);
    }
  }
  return { ...out, ...bothObjects(a, b, path) };
}

function joined(word: string, a: unknown, b: unknown, path: string): unknown {
  if (a === b) return a;
  switch (word) {
    case 'type':
      return commonTypes(a, b, path);
    case 'minimum':
    case 'exclusiveMinimum':
    case 'minLength':
    case 'minItems':
      return Math.max(Number(a), Number(b));
    case 'maximum':
    case 'exclusiveMaximum':
    case 'maxLength':
    case 'maxItems':
      return Math.min(Number(a), Number(b));
    case 'enum': {
      const texts = new Set(listOf(b).map((value) => sortedText(value, path)));
      const common = listOf(a).filter((value) => texts.has(sortedText(value, path)));
      return common.length > 0 ? common : invalid(`expected an enum value that is in each of ${joinedSchemas}`, path);
    }
    case 'items':
      return { allOf: [a, b] };
    default:
      return sortedText(a, path) === sortedText(b, path)
        ? a
        : unsupported(`expected one ${word} in ${joinedSchemas}, got two that differ`, path, 'say both by one');
  }
}

function commonTypes(a: unknown, b: unknown, path: string): readonly unknown[] {
  const [some, others] = [listOf(a), listOf(b)];
  const common = [
    ...some.filter((type) => others.includes(type) || (type === 'integer' && others.includes('number'))),
    ...others.filter((type) => type === 'integer' && some.includes('number')),
  ];
  return common.length > 0
    ? [...new Set(common)]
    : invalid(`expected types that go together, got ${some.join(' or ')} and ${others.join(' or ')}`, path);
}

function sortedItems({ items, prefixItems }: SchemaNode, path: string): string {
  return sortedText([items, prefixItems], path);
}

/** Keywords about properties, which depend on each other. */
const objectWords: Readonly<Record<string, true>> = {
  properties: true,
  required: true,
  additionalProperties: true,
  minProperties: true,
  maxProperties: true,
};

function bothObjects(a: SchemaNode, b: SchemaNode, path: string): SchemaNode {
  const out: Record<string, unknown> = {};
  const declared = [nodeOf(a['properties']), nodeOf(b['properties'])];
  if (declared.some((one) => one !== undefined)) {
    const names = new Set(declared.flatMap((one) => Object.keys(one ?? {})));
    const properties = [...names].flatMap((name): [string, unknown][] => {
      const [first, second] = [property(a, name), property(b, name)];
      // Forbidden by one of them.
      if (first === false || second === false) return [];
      if (first === undefined || second === undefined || first === second) return [[name, first ?? second ?? true]];
      return [[name, { allOf: [first, second] }]];
    });
    out['properties'] = Object.fromEntries(properties);
  }
  if ('required' in a || 'required' in b) out['required'] = [...new Set([...listOf(a['required'] ?? []), ...listOf(b['required'] ?? [])])];
  const rest = [a['additionalProperties'], b['additionalProperties']].filter((one) => one !== undefined && one !== true);
  if (rest.length > 0) out['additionalProperties'] = rest.includes(false) ? false : rest.length === 1 ? rest[0] : { allOf: rest };
  const count = (word: string, pick: (...counts: number[]) => number): void => {
    const counts = [a[word], b[word]].filter((one) => one !== undefined);
    if (counts.length > 0) out[word] = pick(...counts.map(Number));
  };
  count('minProperties', Math.max);
  count('maxProperties', Math.min);
  for (const name of listOf(out['required'] ?? [])) {
    const isForbidden = [a, b].some((one) => property(one, String(name)) === false);
    if (isForbidden) {
      invalid(`expected the required property ${quotedWord(String(name))} to be allowed by each of ${joinedSchemas}`, `${path}.required`);
    }
  }
  return out;
}

/** What a schema says of a property; undefined: nothing. */
function property(node: SchemaNode, name: string): unknown {
  const declared = Object.getOwnPropertyDescriptor(nodeOf(node['properties']) ?? {}, name);
  if (declared !== undefined) return declared.value;
  const rest = node['additionalProperties'];
  return rest === true ? undefined : rest;
}
