// Finds the first problem of a value that does not fit its schema.
// A validator's own list of errors costs time and memory for every wrong item, and is cut off after a few, which hides the branch
// of a union that was meant. So this walks down to the one wrong place, and asks for errors only about that.

import { clearest, type Problem } from './clearest-problem.ts';
import { compileSchema } from './compile-schema.ts';
import { discriminated } from './discriminated.ts';
import { below, keysOf } from './json-pointer.ts';
import { ownKeywords } from './own-keywords.ts';
import { branchesOf, fittingBranches, isRecord, type Keywords } from './schema-fit.ts';

/** Up to this many values, a list of all errors is cheap. */
const smallValue = 1000;

/** Deeper than what people write by hand; below it the value itself is blamed. */
const maxDepth = 64;

/** Bounds the walk through unions that nest by reference, whose branches would multiply. */
const maxSteps = 256;

/** The problem of a value that the schema refuses. Linear in the value for each level of depth; memory does not grow with it. */
export function firstProblem(schema: object, value: unknown): Problem {
  const root: Keywords = { ...schema };
  const references = JSON.stringify(schema).match(/"\$(?:ref|dynamicRef|recursiveRef)":"[^"]*"/g) ?? [];
  // References into the definitions can be followed; others mean something only from the root, where all can still be asked.
  const followed = references.every((reference) => /^"\$ref":"#\/(?:\$defs|definitions)\//.test(reference));
  if (!followed || (references.length > 0 && JSON.stringify(schema).includes('"$id":'))) return anyProblem(schema, value, '');
  return problemAt({ root, referring: references.length > 0, steps: { left: maxSteps } }, schema, value, { path: '', depth: 0 });
}

interface Origin {
  readonly root: Keywords;
  readonly referring: boolean;
  readonly steps: { left: number };
}

interface Place {
  readonly path: string;
  readonly depth: number;
}

interface Child {
  readonly schema: unknown;
  readonly value: unknown;
  readonly path: string;
}

function problemAt(origin: Origin, schema: unknown, value: unknown, place: Place): Problem {
  const { path, depth } = place;
  if (!isRecord(schema)) return { keyword: 'boolean', instancePath: path, params: {} };
  origin.steps.left -= 1;
  const isDeep = depth >= maxDepth || origin.steps.left <= 0;
  const named = isDeep ? undefined : namedProblem(origin, schema, value, place);
  if (named !== undefined) return named;
  const own = ownKeywords(schema);
  if (!compileSchema(own).Check(value)) return askedProblem(own, value, path);
  if (!isDeep) {
    const child = firstWrong(origin, schema, value, path);
    // What applies to the same value leads no deeper into it.
    if (child !== undefined)
      return problemAt(origin, child.schema, child.value, { path: child.path, depth: child.path === path ? depth : depth + 1 });
    const branches = branchesOf(schema);
    if (branches?.every((branch) => !accepts(origin, branch, value))) {
      const best = furthest(fittingBranches(branches, value).map((branch) => problemAt(origin, branch, value, place)));
      if (best !== undefined) return best;
    }
  }
  return anyProblem(standalone(origin, schema), value, path);
}

/** The problem of the branch that a member of the value names, or of that member: before what other branches would miss. */
function namedProblem(origin: Origin, schema: Keywords, value: unknown, place: Place): Problem | undefined {
  if (!isRecord(value)) return undefined;
  const branches = (branchesOf(schema) ?? [schema]).map((branch) => referred(origin, branch));
  const named = discriminated(branches.filter((branch) => isRecord(branch)).filter(takesObjects), value);
  if (named === undefined) return undefined;
  if ('branch' in named) {
    return accepts(origin, named.branch, value) ? undefined : problemAt(origin, named.branch, value, place);
  }
  const { key, literals } = named;
  return {
    keyword: literals.length === 1 ? 'const' : 'enum',
    instancePath: below(place.path, key),
    params: { allowedValue: literals[0], allowedValues: literals },
  };
}

function referred({ root }: Origin, branch: unknown): unknown {
  const reference = isRecord(branch) ? branch['$ref'] : undefined;
  return typeof reference === 'string' ? resolve(root, reference) : branch;
}

function takesObjects({ type, const: constant, enum: allowed }: Keywords): boolean {
  return constant === undefined && allowed === undefined && (type === undefined || [type].flat().includes('object'));
}

/** The first part of the value that its part of the schema refuses; parts that apply to the same value count as well. */
function firstWrong(origin: Origin, schema: Keywords, value: unknown, path: string): Child | undefined {
  for (const child of childrenOf(origin, schema, value, path)) {
    if (!accepts(origin, child.schema, child.value)) return child;
  }
  if (!Array.isArray(value) || schema['items'] === undefined || Array.isArray(schema['items'])) return undefined;
  const from = Array.isArray(schema['prefixItems']) ? schema['prefixItems'].length : 0;
  const items = schema['items'];
  const check = acceptance(origin, items);
  // By index: a long list gets no object per item.
  for (let index = from; index < value.length; index += 1) {
    if (!check(value[index])) return { schema: items, value: value[index], path: below(path, index) };
  }
  return undefined;
}

function* childrenOf({ root }: Origin, schema: Keywords, value: unknown, path: string): Generator<Child> {
  const { $ref: reference, allOf, prefixItems } = schema;
  if (typeof reference === 'string') yield { schema: resolve(root, reference), value, path };
  if (Array.isArray(allOf)) for (const part of allOf) yield { schema: part, value, path };
  if (Array.isArray(value)) {
    const tuple = Array.isArray(schema['items']) ? schema['items'] : Array.isArray(prefixItems) ? prefixItems : [];
    for (const [index, item] of tuple.slice(0, value.length).entries()) {
      yield { schema: item, value: value[index], path: below(path, index) };
    }
  } else if (isRecord(value)) {
    yield* membersOf(schema, value, path);
  }
}

function* membersOf(schema: Keywords, value: Keywords, path: string): Generator<Child> {
  const properties = isRecord(schema['properties']) ? schema['properties'] : {};
  const patterns = Object.entries(isRecord(schema['patternProperties']) ? schema['patternProperties'] : {}).map(
    ([pattern, member]) => [new RegExp(pattern, 'u'), member] as const,
  );
  const extra = schema['additionalProperties'];
  for (const key in value) {
    const child = { value: value[key], path: below(path, key) };
    const matching = patterns.filter(([pattern]) => pattern.test(key));
    for (const [, member] of matching) yield { schema: member, ...child };
    if (extra !== undefined && matching.length === 0 && !Object.hasOwn(properties, key)) yield { schema: extra, ...child };
  }
  for (const [key, member] of Object.entries(properties)) {
    if (Object.hasOwn(value, key) && value[key] !== undefined) yield { schema: member, value: value[key], path: below(path, key) };
  }
}

function accepts(origin: Origin, schema: unknown, value: unknown): boolean {
  return acceptance(origin, schema)(value);
}

function acceptance(origin: Origin, schema: unknown): (value: unknown) => boolean {
  if (!isRecord(schema)) return () => schema !== false;
  const validator = compileSchema(standalone(origin, schema));
  return (value) => validator.Check(value);
}

// A memo, not state: a part that refers to definitions needs them beside it to be compiled alone.
const standalones = new WeakMap<object, Keywords>();

function standalone({ root, referring }: Origin, schema: Keywords): Keywords {
  if (!referring) return schema;
  const known = standalones.get(schema);
  if (known !== undefined) return known;
  const { $defs, definitions } = root;
  const whole = { ...schema, ...($defs === undefined ? {} : { $defs }), ...(definitions === undefined ? {} : { definitions }) };
  standalones.set(schema, whole);
  return whole;
}

function resolve(root: Keywords, reference: string): unknown {
  let found: unknown = root;
  for (const key of keysOf(decodeURIComponent(reference))) {
    found = isRecord(found) ? found[key] : undefined;
  }
  return found;
}

/** Of several branches, the one that got furthest into the value; where they stop together, the types they expect are told together. */
function furthest(problems: readonly Problem[]): Problem | undefined {
  const [best] = [...problems].sort((a, b) => b.instancePath.localeCompare(a.instancePath, 'en', { numeric: true }));
  if (best === undefined || best.keyword !== 'type') return best;
  const types = problems
    .filter(({ keyword, instancePath }) => keyword === 'type' && instancePath === best.instancePath)
    .flatMap(({ params }) => params['type']);
  return { ...best, params: { type: [...new Set(types)] } };
}

/** Asks the validator for its errors, unless the value is large. */
function anyProblem(schema: object, value: unknown, path: string): Problem {
  if (countUpTo(smallValue, value) >= smallValue) return { keyword: 'schema', instancePath: path, params: {} };
  return askedProblem(schema, value, path);
}

function askedProblem(schema: object, value: unknown, path: string): Problem {
  const problem = clearest(compileSchema(schema).Errors(value)) ?? { keyword: 'schema', instancePath: '', params: {} };
  return { ...problem, instancePath: path + problem.instancePath };
}

function countUpTo(limit: number, value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  if (Array.isArray(value) && value.length >= limit) return limit;
  let count = 1;
  for (const key in value) {
    if (count >= limit) break;
    count += countUpTo(limit - count, Reflect.get(value, key));
  }
  return count;
}
