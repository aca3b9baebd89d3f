// Every place of a body that its schema says something about, those left empty included: where a mutation can go wrong.

import { compileSchema } from '../../../src/dialects/compile-schema.ts';
import { branchesOf, isRecord } from '../../../src/dialects/schema-fit.ts';

export type Step = string | number;

export interface Place {
  readonly steps: readonly Step[];
  /** Undefined where a member is absent. */
  readonly value: unknown;
  /** What it may be; of a union, all branches. */
  readonly schema: unknown;
  /** The schema of the route says that the value changes nothing. */
  readonly ignored: boolean;
  /** Which branch of a union the members beside it belong to may depend on this one. */
  readonly decides: boolean;
}

/** The places of a value that fits, its root included. */
export function placesOf(schema: unknown, value: unknown): readonly Place[] {
  return [...placesFrom({ steps: [], value, schema, ignored: false, decides: false })];
}

function* placesFrom(place: Place): Generator<Place> {
  yield place;
  const { steps, value, ignored } = place;
  const union = isRecord(place.schema) ? branchesOf(place.schema) : undefined;
  const schema = union?.find((branch) => isRecord(branch) && compileSchema(branch).Check(value)) ?? place.schema;
  if (!isRecord(schema)) return;
  const below = (step: Step, member: unknown, part: unknown, decides: boolean): Place => ({
    steps: [...steps, step],
    value: member,
    schema: part,
    ignored: ignored || saysIgnored(part),
    decides,
  });
  if (Array.isArray(value)) {
    const isOneOf = union !== undefined && union.length > 1;
    for (const [index, item] of value.entries()) yield* placesFrom(below(index, item, schema['items'], isOneOf && index === 0));
    return;
  }
  if (!isRecord(value)) return;
  const patterns = isRecord(schema['patternProperties']) ? Object.values(schema['patternProperties']) : [];
  const properties = isRecord(schema['properties']) ? schema['properties'] : {};
  for (const key of new Set([...Object.keys(properties), ...Object.keys(value)])) {
    const part = Object.hasOwn(properties, key) ? properties[key] : patterns[0];
    const isFixed = isRecord(part) && ('const' in part || 'enum' in part);
    yield* placesFrom(below(key, Object.hasOwn(value, key) ? value[key] : undefined, part, union !== undefined && isFixed));
  }
}

/** How the schemas of all routes begin or end the line of a field without effect. */
function saysIgnored(schema: unknown): boolean {
  return isRecord(schema) && /^Ignored\b|Not read\.$/i.test(String(schema['description'] ?? ''));
}

/** The path as clients read it in `param`. */
export function written(steps: readonly Step[]): string {
  return steps.reduce<string>((path, step) => {
    if (typeof step === 'number') return `${path}[${step}]`;
    return path === '' ? step : `${path}.${step}`;
  }, '');
}
