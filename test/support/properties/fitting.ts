// Values that fit a JSON Schema, made from nothing but the schema: the bodies of a property test are as wide as what is accepted.

import fc from 'fast-check';
import { isRecord, type Keywords } from '../../../src/dialects/schema-fit.ts';

/** All keywords that are read. A schema with another one would be made wrongly, so it is refused. */
const known = new Set(
  [
    'type const enum anyOf properties required patternProperties additionalProperties items minItems maxItems minLength maxLength',
    'minimum maximum exclusiveMinimum exclusiveMaximum description',
  ].flatMap((words) => words.split(' ')),
);

/** Lists and texts of bodies are short; long ones are the business of mutations. */
const longestList = 4;

const text = fc.oneof(
  { weight: 6, arbitrary: fc.string({ maxLength: 8 }) }, // printable ASCII
  // The one character that mutations mark their literals with is left out.
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }).map((one) => one.replaceAll('\u0001', '\u0002')) },
  // Half of a pair, which JSON can spell and UTF-8 cannot.
  { weight: 1, arbitrary: fc.constantFrom('\ud83d', 'a\udc00b', '\u0000', '\u2028', '<|im_end|>') },
);

// Fields of any form: what clients write into them, neutral values included.
const anything: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, false, true, 0, 1, -1, '', 'auto', 'none', 'disabled', [], {}),
  text,
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.array(text, { maxLength: 3 }),
  fc.dictionary(fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 6 }).filter(isOwnKey), text, { maxKeys: 3 }),
);

/** How often an optional member is there. */
export type Density = 'few' | 'some' | 'many';
const absence: Readonly<Record<Density, number>> = { few: 24, some: 6, many: 1 };

/** Throws: Error for a keyword that it does not know. */
export function fitting(schema: unknown, density: Density): fc.Arbitrary<unknown> {
  if (!isRecord(schema)) throw new Error('expected a schema to be an object');
  const strange = Object.keys(schema).find((key) => !known.has(key));
  if (strange !== undefined) throw new Error(`expected a schema of known keywords, got ${strange}`);
  if ('const' in schema) return fc.constant(schema['const']);
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...schema['enum']);
  if (Array.isArray(schema['anyOf'])) return fc.oneof(...schema['anyOf'].map((branch) => fitting(branch, density)));
  const types = [schema['type']].flat();
  return fc.oneof(...types.map((type) => ofType(type, schema, density)));
}

function ofType(type: unknown, schema: Keywords, density: Density): fc.Arbitrary<unknown> {
  const at = (key: string): number | undefined => (typeof schema[key] === 'number' ? schema[key] : undefined);
  switch (type) {
    case undefined:
      return anything;
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'string': {
      const least = at('minLength') ?? 0;
      return text.map((one) => one.padEnd(least, 'x').slice(0, at('maxLength')));
    }
    case 'integer':
      return integerFrom(at('minimum') ?? Number.MIN_SAFE_INTEGER, at('maximum') ?? Number.MAX_SAFE_INTEGER);
    case 'number':
      return numberFrom(schema, at);
    case 'array': {
      const most = Math.min(at('maxItems') ?? longestList, Math.max(longestList, at('minItems') ?? 0));
      return fc.array(fitting(schema['items'] ?? {}, density), { minLength: at('minItems') ?? 0, maxLength: most });
    }
    case 'object':
      return objectOf(schema, density);
    default:
      throw new Error(`expected a known type, got ${String(type)}`);
  }
}

/** Small numbers mostly, since large ones mostly mean the same; and the bounds themselves. */
function integerFrom(min: number, max: number): fc.Arbitrary<number> {
  const low = Math.max(min, -2);
  return fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: low, max: Math.min(max, Math.max(low, 6)) }) },
    { weight: 1, arbitrary: fc.constantFrom(min, max) },
  );
}

function numberFrom(schema: Keywords, at: (key: string) => number | undefined): fc.Arbitrary<number> {
  const min = at('minimum') ?? at('exclusiveMinimum');
  const max = at('maximum') ?? at('exclusiveMaximum');
  return fc.double({
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    minExcluded: 'exclusiveMinimum' in schema,
    maxExcluded: 'exclusiveMaximum' in schema,
    noNaN: true,
    noDefaultInfinity: true,
  });
}

function objectOf(schema: Keywords, density: Density): fc.Arbitrary<unknown> {
  const patterns = isRecord(schema['patternProperties']) ? Object.values(schema['patternProperties']) : [];
  // The keys of a record are free text, and the ids of tokens where the values are numbers.
  const key = fc.oneof(fc.nat({ max: 99 }).map(String), fc.string({ minLength: 1, maxLength: 6 }).filter(isOwnKey));
  if (patterns.length > 0) return fc.dictionary(key, fitting(patterns[0], density), { maxKeys: 3, noNullPrototype: true });
  const required = new Set([schema['required'] ?? []].flat());
  const members = Object.entries(isRecord(schema['properties']) ? schema['properties'] : {});
  const model = members.map(([name, member]): [string, fc.Arbitrary<unknown>] => {
    const value = fitting(member, density);
    if (required.has(name)) return [name, value];
    const absent = { weight: absence[density], arbitrary: fc.constant(undefined) };
    return [name, fc.oneof(absent, { weight: 1, arbitrary: value })];
  });
  return fc.record(Object.fromEntries(model), { noNullPrototype: true }).map(present);
}

function present(members: object): object {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

/** JSON with the other one is refused as a whole. */
function isOwnKey(key: string): boolean {
  return key !== '__proto__';
}
