// Turns a JSON Schema into EBNF, and refuses what a grammar cannot hold: whatever is generated validates against the client's schema.

import { arrayExpression } from './array-grammar.ts';
import { tellingNames } from './disjoint.ts';
import { Endless } from './endless.ts';
import { GrammarBudget } from './grammar-budget.ts';
import { invalid, unsupported } from './grammar-problem.ts';
import { numberRange } from './number-range.ts';
import { objectExpression } from './object-grammar.ts';
import { assertions, assertKnownKeywords, evaluated, inferredTypes, modern, typeOf } from './schema-keywords.ts';
import { merged } from './schema-merge.ts';
import { nodeOf, referred, type SchemaNode } from './schema-node.ts';
import type { SideRules } from './side-rules.ts';
import { constants, leafKeywords, numberExpression, stringExpression } from './value-grammar.ts';

const mostRules = 4000;
/** Schemas inside each other. They are read recursively, here and by the library. */
const deepest = 128;
/** What the text of a rule has beside its parts. Units: characters. */
const ruleCost = 24;

/**
 * Values of any shape, in the style of Python's json.dumps: `, ` and `: `, no other white space, so a model cannot wander in it. A string
 * is written the way the library finds the mask of without trying tokens: each character within one rule, which calls itself at its end
 * and says what follows. By a rule per character the mask takes 30 ms, so 0.02.
 */
const anyJson = `str ::= "\\"" text
text ::= ("\\"" | [^\\U00000000-\\U0000001f\\U00000022\\U0000005c] text | "\\\\" escape text) (=[,}\\]:])
escape ::= ["\\\\/bfnrt] | "u0" hex hex hex
hex ::= [0-9a-fA-F]
counted ::= ("\\"" | [^\\U00000000-\\U0000001f\\U00000022\\U0000005c] counted | "\\\\" ["\\\\/bfnrt] counted) (=[,}\\]:])
num ::= ${numberRange({})}
obj ::= "{" (pair (", " pair)*)? "}"
pair ::= str ": " any
arr ::= "[" (any (", " any)*)? "]"
any ::= str | num | obj | arr | "true" | "false" | "null"
`;

export interface SchemaRulesOptions {
  readonly side: SideRules;
  readonly budget: GrammarBudget;
  /** Of the names of the rules. Default: none. */
  readonly prefix?: string;
  /** What the value has to fit beside the schema. */
  readonly beside?: SchemaNode;
}

/** EBNF rules with the start, to be placed in a larger grammar. Throws: GrammarProblem with the path inside the schema. */
export function schemaRules(schema: unknown, options: SchemaRulesOptions): { readonly start: string; readonly rules: string } {
  const writer = new SchemaWriter(schema, options);
  return { start: writer.start(options.beside), rules: writer.rules.join('') };
}

/** A whole grammar whose start is `root`. */
export function schemaGrammar(schema: unknown, side: SideRules, budget = new GrammarBudget()): string {
  const { start, rules } = schemaRules(schema, { side, budget });
  return `root ::= ${start}\n${rules}${anyJson}`;
}

export const jsonObjectGrammar = `root ::= obj\n${anyJson}`;
export const anyJsonRules = anyJson;

/** Where a schema stands. */
interface Place {
  readonly path: string;
  readonly depth: number;
  /** Rules that are being written without a character between. */
  readonly open: ReadonlySet<string>;
}

class SchemaWriter {
  readonly rules: string[] = [];
  readonly #root: unknown;
  readonly #side: SideRules;
  readonly #budget: GrammarBudget;
  readonly #prefix: string;
  readonly #endless: Endless;
  /** Rules of what a $ref leads to. */
  readonly #referred = new Map<SchemaNode, string>();
  /** Rules of schemas that were merged with what stands beside them: they may contain themselves. */
  readonly #merged = new Map<SchemaNode, string>();
  /** Rules of numbers and strings. */
  readonly #leaves = new Map<string, string>();
  #count = 0;

  constructor(root: unknown, { side, budget, prefix = '' }: SchemaRulesOptions) {
    this.#root = root;
    this.#side = side;
    this.#budget = budget;
    this.#prefix = prefix;
    this.#endless = new Endless(root, budget);
  }

  start(beside: SchemaNode | undefined): string {
    const place: Place = { path: '', depth: 0, open: new Set() };
    if (beside === undefined) return this.#ruleOf(this.#root, place);
    const name = this.#newName(place.path);
    this.rules.push(`${name} ::= ${this.#expression(this.#joined([beside], this.#root, place), place)}\n`);
    return name;
  }

  /** Name of the rule of what a $ref leads to. */
  #ruleOf(schema: unknown, place: Place): string {
    const node = nodeOf(schema);
    if (node === undefined) return this.#expression(schema, place);
    return this.#once(this.#referred, node, place, (inside) => this.#expression(node, inside));
  }

  /** Inside its own expression the name is enough, once a character lies between. */
  #once(rules: Map<SchemaNode, string>, node: SchemaNode, place: Place, write: (place: Place) => string): string {
    const known = rules.get(node);
    if (known !== undefined) {
      if (place.open.has(known)) invalid('expected a $ref that does not lead back to itself', place.path);
      return known;
    }
    const name = this.#newName(place.path);
    rules.set(node, name);
    this.rules.push(`${name} ::= ${write({ ...place, open: new Set([...place.open, name]) })}\n`);
    return name;
  }

  #newName(path: string): string {
    this.#count += 1;
    if (this.#count > mostRules) unsupported(`expected a schema of at most ${mostRules} parts`, path);
    this.#budget.spend(ruleCost, path);
    return `${this.#prefix}v${this.#count}`;
  }

  #expression(schema: unknown, before: Place): string {
    const place = { ...before, depth: before.depth + 1 };
    const { path } = place;
    this.#budget.spend(ruleCost, path);
    if (place.depth > deepest) unsupported(`expected schemas at most ${deepest} levels deep`, path);
    if (schema === true) return 'any';
    const raw = nodeOf(schema);
    if (raw === undefined)
      return schema === false
        ? unsupported('expected a schema that allows a value, got false', path)
        : invalid(`expected a schema, got ${typeOf(schema)}`, path);
    assertKnownKeywords(raw, path);
    const { $ref: target, allOf } = raw;
    const isAlone = assertions(raw).length === 1;
    if (typeof target === 'string' && isAlone) return this.#reference(target, place);
    if (Array.isArray(allOf) && allOf.length === 1 && isAlone) return this.#expression(allOf[0], { ...place, path: `${path}.allOf[0]` });
    if (typeof target === 'string' || allOf !== undefined) {
      return this.#once(this.#merged, raw, place, (inside) => this.#expression(this.#plain(raw, inside), inside));
    }
    const node = modern(raw);
    for (const word of ['anyOf', 'oneOf']) {
      const branches = node[word];
      if (Array.isArray(branches)) return this.#union(raw, node, word, branches, place);
    }
    return this.#ofTypes(node, place);
  }

  #reference(target: string, before: Place): string {
    const place = { ...before, path: `${before.path}.$ref` };
    const schema = referred(this.#root, target, place.path);
    this.#endless.assertFinite(schema, place.path);
    return this.#ruleOf(schema, place);
  }

  #union(raw: SchemaNode, node: SchemaNode, word: string, branches: readonly unknown[], place: Place): string {
    const { [word]: _, ...beside } = node;
    const isAlone = assertions(beside).length === 0;
    const at = (index: number, from: Place): Place => ({ ...from, path: `${from.path}.${word}[${index}]` });
    // Each with what stands beside the union.
    const whole = isAlone ? branches : branches.map((branch, index) => this.#joined([beside], branch, at(index, place)));
    const resolve = (target: string): unknown => referred(this.#root, target, place.path);
    const telling = word === 'oneOf' ? tellingNames(whole, place.path, resolve) : [];
    const write = (inside: Place): string =>
      alternatives(
        whole.map((branch, index) => {
          const required = [...(telling[index] ?? [])];
          const there = at(index, inside);
          return this.#expression(required.length === 0 ? branch : this.#joined([{ required }], branch, there), there);
        }),
      );
    const isPlain = isAlone && telling.every((names) => names.size === 0);
    return isPlain ? write(place) : this.#once(this.#merged, raw, place, write);
  }

  /** One schema of several. */
  #joined(members: readonly SchemaNode[], schema: unknown, place: Place): SchemaNode {
    return this.#merge([...members, ...this.#members(schema, place, [], true)], place);
  }

  #plain(schema: unknown, place: Place): SchemaNode {
    return this.#merge(this.#members(schema, place, []), place);
  }

  #merge(members: readonly SchemaNode[], { path }: Place): SchemaNode {
    for (const member of members) this.#budget.spend(Object.keys(nodeOf(member['properties']) ?? member).length, path);
    return merged(members, path);
  }

  /** What a schema says by itself, by its $ref and by its allOf. `chain`: what led here. */
  #members(schema: unknown, place: Place, chain: readonly SchemaNode[], isInner = chain.length > 0): readonly SchemaNode[] {
    const { path } = place;
    if (schema === true) return [];
    const raw = nodeOf(schema) ?? unsupported('expected a schema that allows a value, got false', path);
    if (chain.includes(raw)) invalid('expected a $ref that does not lead back to itself', path);
    if (chain.length > deepest) unsupported(`expected schemas at most ${deepest} levels deep`, path);
    this.#budget.spend(ruleCost, path);
    assertKnownKeywords(raw, path);
    const { $ref: target, allOf, ...own } = raw;
    const inside = (part: unknown, name: string): readonly SchemaNode[] =>
      this.#members(part, { ...place, path: `${path}.${name}` }, [...chain, raw]);
    const out = [isInner ? evaluated(modern(own), raw, path) : modern(own)];
    if (typeof target === 'string') {
      const schemaOfTarget = referred(this.#root, target, `${path}.$ref`);
      this.#endless.assertFinite(schemaOfTarget, `${path}.$ref`);
      out.push(...inside(schemaOfTarget, '$ref'));
    }
    for (const [index, part] of (Array.isArray(allOf) ? allOf : []).entries()) out.push(...inside(part, `allOf[${index}]`));
    return out;
  }

  #ofTypes(node: SchemaNode, place: Place): string {
    if ('const' in node || 'enum' in node) return constants(node, place.path, this.#budget);
    const types = inferredTypes(node, place.path);
    if (types === undefined) return 'any';
    const expressions = types.map((type) => this.#ofType(type, node, place));
    return expressions.length === 1 ? expressions.join('') : alternatives(expressions);
  }

  #ofType(type: string, node: SchemaNode, { path, depth }: Place): string {
    // A character lies between a value and its parts.
    const inside = (at: string): Place => ({ path: at, depth, open: new Set() });
    const child = (schema: unknown, at: string): string => this.#child(schema, inside(at));
    switch (type) {
      case 'null':
        return '"null"';
      case 'boolean':
        return '("true" | "false")';
      case 'integer':
      case 'number':
        return this.#leaf(type, node, path, () => this.#budget.paid(numberExpression(type, node, path), path));
      case 'string':
        return this.#leaf(type, node, path, () => stringExpression(node, path, this.#side, this.#budget));
      case 'array':
        return arrayExpression(node, path, child);
      default:
        return objectExpression(node, path, {
          budget: this.#budget,
          child,
          rule: (expression) => this.#rule(expression, path),
          plain: (schema, at) => this.#plain(schema, inside(at)),
        });
    }
  }

  /** One rule for all that are equal: the patterns of formats are long, and each is compiled. */
  #leaf(type: string, node: SchemaNode, path: string, write: () => string): string {
    const key = JSON.stringify([type, ...leafKeywords.map((word) => node[word])]);
    const known = this.#leaves.get(key);
    if (known !== undefined) return known;
    const expression = write();
    const name = expression === 'str' ? expression : this.#rule(expression, path);
    this.#leaves.set(key, name);
    return name;
  }

  /** A schema of its own rule, because it is written twice. */
  #child(schema: unknown, place: Place): string {
    const expression = this.#expression(schema, place);
    return /^\w+$/.test(expression) ? expression : this.#rule(expression, place.path);
  }

  #rule(expression: string, path: string): string {
    const name = this.#newName(path);
    this.rules.push(`${name} ::= ${expression}\n`);
    return name;
  }
}

function alternatives(expressions: readonly string[]): string {
  return `(${expressions.join(' | ')})`;
}
