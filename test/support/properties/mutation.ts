// One thing done to one place of a body: another type, a value out of range, nothing at all, or text that is no JSON.

import { isRecord } from '../../../src/dialects/schema-fit.ts';
import type { Place, Step } from './places.ts';

export interface Mutated {
  /** What goes over the wire: mostly JSON. */
  readonly text: string;
  /** The place that the server has to blame if it refuses. */
  readonly steps: readonly Step[];
}

/** The one of all changes to the place that `pick` stands for. */
export function mutate(body: unknown, place: Place, pick: number): Mutated {
  const kinds = [ofAnyKind, [removed, ...nearby(place), ...swapped(body)], beyondLimits(place)].filter(({ length }) => length > 0);
  const values = kinds[pick % kinds.length] ?? [];
  const value = values[Math.floor(pick / kinds.length) % values.length];
  const { steps } = place;
  const last = steps.at(-1);
  // A list without an item is what is wrong, where it is.
  const blamed = value === removed && typeof last === 'number' ? steps.slice(0, -1) : steps;
  return { text: textOf(changed(body, steps, value)), steps: blamed };
}

const removed = Symbol('removed');

/** Stands for text that no string of JSON is written as. */
const literal = (text: string): string => `\u0001${text}\u0001`;

/** The JSON text of a body, with literals in it. */
export function textOf(body: unknown): string {
  const json = JSON.stringify(body) ?? '';
  return json.replaceAll(/"\\u0001((?:[^"\\]|\\.)*?)\\u0001"/g, (_, escaped: string) => JSON.parse(`"${escaped}"`));
}

// Around the limit of 64: the body's own depth comes on top.
const depths = [8, 55, 63, 70, 4_000];

const ofAnyKind: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1.5, 1e308, -1e308, 2 ** 53 + 2, 5e-324, -0],
  ...['1e400', '-1e400', 'NaN', 'Infinity', 'undefined', '01', '9007199254740993', '{"__proto__":1}', '{"a":1,"a":2}', '1,'].map(literal),
  ...['', ' ', 'x', 'NaN', 'true', '1', 'null', '\ud800', 'tool', 'function', 'x'.repeat(200)],
  ...[[], [null], [[]], [{}], [0], [''], ['x', 1], {}, { a: null }, { type: 'x' }, { type: 'text' }, { toString: 1 }],
  ...depths.map((depth) => literal('['.repeat(depth) + ']'.repeat(depth))),
  ...depths.map((depth) => literal(`${'{"a":'.repeat(depth)}0${'}'.repeat(depth)}`)),
];

/** Longer lists than this only cost time. */
const longestList = 2_100;

/** Just out of what the keywords of the schema allow. */
function beyondLimits({ schema }: Place): readonly unknown[] {
  const keywords = isRecord(schema) ? schema : {};
  const at = (key: string, change: (limit: number) => unknown): readonly unknown[] =>
    typeof keywords[key] === 'number' ? [change(keywords[key])] : [];
  return [
    ...at('minimum', (limit) => limit - 1),
    ...at('maximum', (limit) => limit + 1),
    ...at('maximum', (limit) => limit + 0.5),
    ...at('exclusiveMinimum', (limit) => limit),
    ...at('exclusiveMaximum', (limit) => limit),
    ...at('minLength', () => ''),
    ...at('maxLength', (limit) => 'x'.repeat(limit + 1)),
    ...at('minItems', () => []),
    ...at('maxItems', (limit) => (limit > longestList ? removed : Array.from({ length: limit + 1 }, () => 'x'))),
    ...(Array.isArray(keywords['enum']) || 'const' in keywords ? ['others', 'User', 'AUTO'] : []),
  ];
}

/** What is almost right: of the wrong case, a text in place of its number, with something more in it. */
function nearby({ value }: Place): readonly unknown[] {
  if (typeof value === 'string') return [`${value} `, value.toUpperCase(), [value], { text: value }];
  if (typeof value === 'number' || typeof value === 'boolean') return [String(value), [value]];
  if (Array.isArray(value)) return [...value.slice(0, 1), ...[5, 'x', null, {}].map((more) => [...value, more]), [...value, ...value]];
  if (isRecord(value)) return [[value], JSON.stringify(value), { ...value, unlisted: 1 }, { ...value, unlisted: null }];
  return [];
}

function swapped(body: unknown): readonly unknown[] {
  return isRecord(body) ? Object.values(body) : [];
}

function changed(body: unknown, steps: readonly Step[], value: unknown): unknown {
  const [step, ...rest] = steps;
  if (step === undefined) return value === removed ? {} : value;
  if (Array.isArray(body)) {
    if (rest.length === 0 && value === removed) return body.filter((_, index) => index !== step);
    return body.map((item: unknown, index) => (index === step ? changed(item, rest, value) : item));
  }
  const members: Readonly<Record<string, unknown>> = isRecord(body) ? body : {};
  const kept = Object.entries(members).filter(([key]) => key !== step);
  if (rest.length === 0 && value === removed) return Object.fromEntries(kept);
  return { ...members, [step]: changed(members[step], rest, value) };
}
