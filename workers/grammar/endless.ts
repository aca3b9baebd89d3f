// Finds schemas that no finite value fits, such as a node that requires a node: their texts could only be cut.

import type { GrammarBudget } from './grammar-budget.ts';
import { unsupported } from './grammar-problem.ts';
import { listOf, modern, textsOf, writtenTypes } from './schema-keywords.ts';
import { nodeOf, referred, type SchemaNode } from './schema-node.ts';
import { count } from './value-grammar.ts';

/** As deep as schemas are written. */
const deepest = 128;

export class Endless {
  readonly #root: unknown;
  readonly #budget: GrammarBudget;
  /** Those that are known to have a finite value. */
  readonly #finite = new Set<SchemaNode>();
  /** Visited in this round, and not known to be. */
  #visited = new Set<SchemaNode>();

  constructor(root: unknown, budget: GrammarBudget) {
    this.#root = root;
    this.#budget = budget;
  }

  /** Throws: GrammarProblem at `path`. */
  assertFinite(schema: unknown, path: string): void {
    let before = -1;
    // What stood open in one round may be known in the next.
    while (this.#finite.size > before) {
      before = this.#finite.size;
      this.#visited = new Set();
      if (this.#isFinite(schema, path, 0)) return;
    }
    unsupported('expected a $ref to a schema with values that can end, got one whose every value holds another', path);
  }

  #isFinite(schema: unknown, path: string, depth: number): boolean {
    const raw = nodeOf(schema);
    if (raw === undefined || this.#finite.has(raw)) return true;
    if (this.#visited.has(raw)) return false;
    if (depth > deepest) unsupported(`expected schemas at most ${deepest} levels deep`, path);
    this.#visited.add(raw);
    this.#budget.spend(1, path);
    const all = (schemas: readonly unknown[]): boolean => schemas.every((one) => this.#isFinite(one, path, depth + 1));
    const some = (schemas: readonly unknown[]): boolean => schemas.some((one) => this.#isFinite(one, path, depth + 1));
    const node = modern(raw);
    const { $ref: target } = node;
    const canEnd =
      'const' in node ||
      'enum' in node ||
      ((typeof target !== 'string' || all([referred(this.#root, target, path)])) &&
        all(arrayOf(node['allOf'])) &&
        ['anyOf', 'oneOf'].every((word) => arrayOf(node[word]).length === 0 || some(arrayOf(node[word]))) &&
        this.#hasFiniteType(node, all));
    if (canEnd) this.#finite.add(raw);
    return canEnd;
  }

  #hasFiniteType(node: SchemaNode, all: (schemas: readonly unknown[]) => boolean): boolean {
    const types = writtenTypes(node);
    if (types.length === 0) return true;
    return types.some((type) => {
      if (type === 'object') {
        const properties = nodeOf(node['properties']) ?? {};
        const rest = node['additionalProperties'];
        const required = textsOf(node['required']).map((name) => (Object.hasOwn(properties, name) ? properties[name] : rest));
        return all(required) && (node['minProperties'] !== 1 || Object.keys(properties).length > 0 || all([rest]));
      }
      if (type !== 'array') return true;
      const heads = arrayOf(node['prefixItems']);
      const least = count(node['minItems'], 0);
      return all(heads.slice(0, least)) && (least <= heads.length || all([node['items']]));
    });
  }
}

function arrayOf(value: unknown): readonly unknown[] {
  return value === undefined ? [] : listOf(value);
}
