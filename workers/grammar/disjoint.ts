// A grammar lets any branch match; `oneOf` holds by it where nothing that is written for one branch fits another.

import { unsupported } from './grammar-problem.ts';
import { sortedText } from './json-text.ts';
import { assertions, listOf, modern, textsOf, typeOf, writtenTypes } from './schema-keywords.ts';
import { nodeOf, type SchemaNode } from './schema-node.ts';

type Resolve = (target: string) => unknown;

/** A property that tells objects apart lies near. */
const deepest = 4;
/** Comparisons of one `oneOf`: each of many branches with all the others would take seconds. */
const mostSteps = 50_000;

/** It lets any branch match. */
const anyOfInstead = 'anyOf takes all others';

/** What is known of a branch. More may be required of it: then less fits, and less is written. */
interface Facts {
  readonly id: number;
  /** Of what is written; undefined: any. */
  readonly types: ReadonlySet<string> | undefined;
  /** Of what is valid: keywords of one type say nothing of the others. */
  readonly accepted: ReadonlySet<string> | undefined;
  readonly values: ReadonlySet<string> | undefined;
  readonly branches: readonly unknown[];
  readonly required: ReadonlySet<string>;
  readonly properties: ReadonlyMap<string, unknown>;
  /** What is written has no properties but these. */
  readonly isAll: boolean;
  readonly isClosed: boolean;
}

/**
 * Names that have to be written in each branch, so that the branches are told apart: a discriminator with a default is not `required`.
 * `branches`: with what stands beside the union. Throws: GrammarProblem naming the first branch that a value of another may fit.
 */
export function tellingNames(branches: readonly unknown[], path: string, resolve: Resolve): readonly ReadonlySet<string>[] {
  const comparison = new Comparison(path, resolve);
  const facts = branches.map((branch) => comparison.facts(branch));
  const names = branches.map(() => new Set<string>());
  const seen = new Set<string>();
  const withoutValues: number[] = [];
  for (const [index, later] of facts.entries()) {
    const at = `${path}.oneOf[${index}]`;
    for (const value of later?.values ?? []) {
      if (seen.has(value)) unsupported('expected branches of oneOf without a value in common', at, anyOfInstead);
      seen.add(value);
    }
    // Values were compared by `seen`.
    const others = later?.values === undefined ? Array.from({ length: index }, (_, before) => before) : withoutValues;
    for (const before of others) {
      const earlier = facts[before];
      if (comparison.areApart(earlier, later, at)) continue;
      const telling = comparison.telling(earlier, later, at);
      if (telling === undefined) {
        const message = 'expected branches of oneOf of different types, or with a required property that has other constants';
        return unsupported(message, at, anyOfInstead);
      }
      names[before]?.add(telling);
      names[index]?.add(telling);
    }
    if (later?.values === undefined) withoutValues.push(index);
  }
  return names;
}

class Comparison {
  readonly #path: string;
  readonly #resolve: Resolve;
  readonly #facts = new Map<unknown, Facts | undefined>();
  readonly #avoids = new Map<string, boolean>();
  #steps = 0;

  constructor(path: string, resolve: Resolve) {
    this.#path = path;
    this.#resolve = resolve;
  }

  areApart(a: Facts | undefined, b: Facts | undefined, at: string): boolean {
    return this.#avoid(a, b, at, 0) && this.#avoid(b, a, at, 0);
  }

  /** A property that both declare, of which no value fits both. */
  telling(a: Facts | undefined, b: Facts | undefined, at: string): string | undefined {
    if (a === undefined || b === undefined || !areObjects(a, b) || !areObjects(b, a)) return undefined;
    return [...a.properties.keys()].find((name) => {
      this.#count(1, at);
      if (!b.properties.has(name)) return false;
      return this.areApart(this.facts(a.properties.get(name)), this.facts(b.properties.get(name)), at);
    });
  }

  /** Undefined where nothing is known. */
  facts(schema: unknown): Facts | undefined {
    const known = this.#facts.get(schema);
    if (known !== undefined || this.#facts.has(schema)) return known;
    const facts = this.#factsOf(schema);
    this.#facts.set(schema, facts);
    return facts;
  }

  #count(steps: number, at: string): void {
    this.#steps += steps;
    if (this.#steps > mostSteps) unsupported('expected branches of oneOf that are told apart in fewer steps', at, anyOfInstead);
  }

  /** Nothing that is written for `a` fits `b`. */
  #avoid(a: Facts | undefined, b: Facts | undefined, at: string, depth: number): boolean {
    this.#count(1, at);
    if (a === undefined || b === undefined || depth > deepest) return false;
    const key = `${a.id} ${b.id}`;
    const known = this.#avoids.get(key);
    if (known !== undefined) return known;
    // Until it is known, for schemas that contain themselves.
    this.#avoids.set(key, false);
    const answer = this.#compare(a, b, at, depth);
    this.#avoids.set(key, answer);
    return answer;
  }

  #compare(a: Facts, b: Facts, at: string, depth: number): boolean {
    if (a.types !== undefined && b.accepted !== undefined && common(a.types, b.accepted).length === 0) return true;
    if (a.values !== undefined && b.values !== undefined) {
      this.#count(Math.min(a.values.size, b.values.size), at);
      return common(a.values, b.values).length === 0;
    }
    if (a.branches.length > 0 && a.branches.every((one) => this.#avoid(this.facts(one), b, at, depth + 1))) return true;
    if (b.branches.length > 0 && b.branches.every((one) => this.#avoid(a, this.facts(one), at, depth + 1))) return true;
    if (!areObjects(a, b)) return false;
    for (const name of [...a.required, ...b.required]) {
      this.#count(1, at);
      const [mine, other] = [a.properties.get(name), b.properties.get(name)];
      if (mine !== undefined && other !== undefined) {
        if (this.#avoid(this.facts(mine), this.facts(other), at, depth + 1)) return true;
      } else if (mine === undefined && b.required.has(name) && a.isAll) return true;
      else if (other === undefined && a.required.has(name) && b.isClosed) return true;
    }
    return false;
  }

  #factsOf(schema: unknown): Facts | undefined {
    let node = nodeOf(schema);
    let isWhole = true;
    for (let steps = 0; node !== undefined; steps += 1) {
      const { $ref: target, allOf } = node;
      const [only] = Array.isArray(allOf) ? allOf : [];
      if (typeof target !== 'string' && only === undefined) break;
      isWhole &&= assertions(node).length === 1 && (typeof target === 'string' || listOf(allOf).length === 1);
      node = steps < deepest ? nodeOf(typeof target === 'string' ? this.#resolve(target) : only) : undefined;
    }
    return node === undefined ? undefined : this.#read(modern(node), isWhole);
  }

  #read(node: SchemaNode, isWhole: boolean): Facts {
    const constants = 'const' in node ? [node['const']] : node['enum'];
    const values = Array.isArray(constants) ? constants : undefined;
    const branches = node['anyOf'] ?? node['oneOf'];
    const accepted = values?.map(typeOf) ?? ('type' in node ? textsOf(node['type']) : undefined);
    const written = writtenTypes(node);
    const types = accepted ?? (isWhole && branches === undefined && written.length > 0 ? written : undefined);
    const properties = new Map(Object.entries(nodeOf(node['properties']) ?? {}));
    const isClosed = node['additionalProperties'] === false && node['patternProperties'] === undefined;
    return {
      id: this.#facts.size,
      types: kinds(types),
      accepted: kinds(accepted),
      values: values === undefined ? undefined : new Set(values.map((value) => sortedText(value, this.#path))),
      branches: Array.isArray(branches) ? branches : [],
      required: new Set(textsOf(node['required'])),
      properties,
      isAll: isWhole && branches === undefined && (properties.size > 0 || isClosed),
      isClosed,
    };
  }
}

/** What is written for `a` and may fit `b` is an object. */
function areObjects(a: Facts, b: Facts): boolean {
  const types = a.types === undefined || b.accepted === undefined ? a.types : new Set(common(a.types, b.accepted));
  return types !== undefined && [...types].every((type) => type === 'object');
}

/** Whole numbers are numbers. */
function kinds(types: readonly string[] | undefined): ReadonlySet<string> | undefined {
  return types === undefined ? undefined : new Set(types.map((type) => (type === 'integer' ? 'number' : type)));
}

function common(a: ReadonlySet<string>, b: ReadonlySet<string>): readonly string[] {
  const [few, many] = a.size < b.size ? [a, b] : [b, a];
  return [...few].filter((one) => many.has(one));
}
