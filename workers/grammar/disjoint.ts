// A grammar lets any branch match; `oneOf` holds by it where no value can fit two branches.

import { GrammarProblem } from './grammar-problem.ts';
import { typeOf } from './schema-keywords.ts';

type Resolve = (pointer: string) => unknown;

/** A property that tells objects apart lies near. */
const deepest = 4;

/** Throws: GrammarProblem naming the first branch that a value of an earlier one may fit. */
export function assertDisjoint(branches: readonly unknown[], path: string, resolve: Resolve): void {
  for (const [index, branch] of branches.entries()) {
    if (branches.slice(0, index).every((earlier) => areDisjoint(earlier, branch, resolve, 0))) continue;
    const message = 'expected branches of different types, or with a required property that has other constants; anyOf takes all others';
    throw new GrammarProblem('unsupported_value', message, undefined, `${path}.oneOf[${index}]`);
  }
}

function areDisjoint(first: unknown, second: unknown, resolve: Resolve, depth: number): boolean {
  if (depth > deepest) return false;
  const [a, b] = [resolved(first, resolve), resolved(second, resolve)];
  if (a === undefined || b === undefined) return false;
  const [someTypes, otherTypes] = [typesOf(a), typesOf(b)];
  if (someTypes !== undefined && otherTypes !== undefined && !someTypes.some((type) => otherTypes.includes(type))) return true;
  const [someValues, otherValues] = [valuesOf(a), valuesOf(b)];
  if (someValues !== undefined && otherValues !== undefined) return !someValues.some((value) => otherValues.includes(value));
  return requiredOf(a).some(
    (name) => requiredOf(b).includes(name) && areDisjoint(property(a, name), property(b, name), resolve, depth + 1),
  );
}

function resolved(schema: unknown, resolve: Resolve): Readonly<Record<string, unknown>> | undefined {
  let node = schema;
  for (let steps = 0; steps < deepest; steps += 1) {
    if (typeof node !== 'object' || node === null) return undefined;
    // Checked just above.
    const record = node as Readonly<Record<string, unknown>>;
    const target = record['$ref'];
    if (typeof target !== 'string') return record;
    node = target.startsWith('#') ? resolve(target.slice(1)) : undefined;
  }
  return undefined;
}

/** Whole numbers are numbers. Undefined: any. */
function typesOf(node: Readonly<Record<string, unknown>>): readonly string[] | undefined {
  const values = valuesIn(node);
  const types: readonly unknown[] | undefined = values?.map(typeOf) ?? (Array.isArray(node['type']) ? node['type'] : undefined);
  const listed = types ?? (node['type'] === undefined ? undefined : [node['type']]);
  return listed?.map((type) => (type === 'integer' ? 'number' : String(type)));
}

function valuesOf(node: Readonly<Record<string, unknown>>): readonly string[] | undefined {
  return valuesIn(node)?.map((value) => JSON.stringify(value));
}

function valuesIn(node: Readonly<Record<string, unknown>>): readonly unknown[] | undefined {
  if ('const' in node) return [node['const']];
  return Array.isArray(node['enum']) ? node['enum'] : undefined;
}

function requiredOf(node: Readonly<Record<string, unknown>>): readonly unknown[] {
  return Array.isArray(node['required']) ? node['required'] : [];
}

function property(node: Readonly<Record<string, unknown>>, name: unknown): unknown {
  const properties = node['properties'];
  return typeof properties === 'object' && properties !== null
    ? Object.getOwnPropertyDescriptor(properties, String(name))?.value
    : undefined;
}
