// Turns a JSON Schema into EBNF, and refuses what a grammar cannot hold: whatever is generated validates against the client's schema.

import { assertDisjoint } from './disjoint.ts';
import { GrammarProblem, literal } from './grammar-problem.ts';
import { type Bounds, integerRange, numberRange } from './number-range.ts';
import { regexGrammar } from './regex-grammar.ts';
import { assertKnownKeywords, inferredTypes, matchesTypes } from './schema-keywords.ts';
import type { SideRules } from './side-rules.ts';
import { stringFormats } from './string-formats.ts';

type Schema = Readonly<Record<string, unknown>>;

/** Each repetition makes the automaton larger; above this, less is offered where that stays valid. */
const mostItems = 256;
const mostRules = 4000;

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

/** EBNF rules with the start `value`, to be placed in a larger grammar. Throws: GrammarProblem with the path inside the schema. */
export function schemaRules(schema: unknown, side: SideRules, prefix = ''): { readonly start: string; readonly rules: string } {
  const writer = new SchemaWriter(schema, side, prefix);
  return { start: writer.ruleAt('', new Set()), rules: writer.rules.join('') };
}

/** A whole grammar whose start is `root`. */
export function schemaGrammar(schema: unknown, side: SideRules): string {
  const { start, rules } = schemaRules(schema, side);
  return `root ::= ${start}\n${rules}${anyJson}`;
}

export const jsonObjectGrammar = `root ::= obj\n${anyJson}`;
export const anyJsonRules = anyJson;

class SchemaWriter {
  readonly rules: string[] = [];
  readonly #root: unknown;
  readonly #side: SideRules;
  readonly #prefix: string;
  readonly #names = new Map<string, string>();
  #count = 0;

  constructor(root: unknown, side: SideRules, prefix: string) {
    this.#root = root;
    this.#side = side;
    this.#prefix = prefix;
  }

  /** Name of the rule of the schema at a JSON pointer. `open`: pointers being resolved without a character between. */
  ruleAt(pointer: string, open: ReadonlySet<string>, path = ''): string {
    if (open.has(pointer)) throw new GrammarProblem('invalid_value', 'expected a $ref that does not lead back to itself', undefined, path);
    const known = this.#names.get(pointer);
    // Inside the pointer's own expansion the name is enough, once a character lies between.
    if (known !== undefined) return known;
    const name = this.#newName();
    this.#names.set(pointer, name);
    this.rules.push(`${name} ::= ${this.#expression(this.#resolve(pointer, path), path, new Set([...open, pointer]))}\n`);
    return name;
  }

  #newName(): string {
    this.#count += 1;
    if (this.#count > mostRules) throw new GrammarProblem('unsupported_value', 'expected a smaller schema');
    return `${this.#prefix}v${this.#count}`;
  }

  #resolve(pointer: string, path: string): unknown {
    let node = this.#root;
    for (const part of pointer.split('/').slice(1)) {
      const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
      if (typeof node !== 'object' || node === null || !Object.hasOwn(node, key)) {
        throw new GrammarProblem('invalid_value', 'expected a $ref to a part of this schema', undefined, path);
      }
      node = Object.getOwnPropertyDescriptor(node, key)?.value;
    }
    return node;
  }

  #expression(schema: unknown, path: string, open: ReadonlySet<string>): string {
    if (path.split(/[.[]/).length > 128)
      throw new GrammarProblem('unsupported_value', 'expected a schema that is less deep', undefined, path);
    if (schema === true) return 'any';
    if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) {
      throw new GrammarProblem(
        schema === false ? 'unsupported_value' : 'invalid_value',
        'expected a schema that allows a value',
        undefined,
        path,
      );
    }
    // Checked to be an object just above.
    const node = schema as Schema;
    assertKnownKeywords(node, path);
    if (typeof node['$ref'] === 'string') return this.#reference(node['$ref'], `${path}.$ref`, open);
    if ('const' in node || 'enum' in node) return values(node, path);
    for (const word of ['anyOf', 'oneOf', 'allOf']) {
      const branches = node[word];
      if (Array.isArray(branches)) {
        if (word === 'oneOf') assertDisjoint(branches, path, (pointer) => this.#resolve(pointer, path));
        return `(${branches.map((branch, index) => this.#expression(branch, `${path}.${word}[${index}]`, open)).join(' | ')})`;
      }
    }
    const types = inferredTypes(node, path);
    return types === undefined ? 'any' : `(${types.map((type) => this.#ofType(type, node, path)).join(' | ')})`;
  }

  #reference(target: string, path: string, open: ReadonlySet<string>): string {
    if (!/^#(\/|$)/.test(target)) throw new GrammarProblem('unsupported_value', 'expected a $ref that begins with #/', undefined, path);
    return this.ruleAt(target.slice(1), open, path);
  }

  #ofType(type: string, node: Schema, path: string): string {
    switch (type) {
      case 'null':
        return '"null"';
      case 'boolean':
        return '("true" | "false")';
      case 'integer':
      case 'number': {
        // Keywords were checked to be numbers.
        const bounds = node as Bounds;
        const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = bounds;
        const isBound = [minimum, maximum, exclusiveMinimum, exclusiveMaximum].some((bound) => bound !== undefined);
        const limits = isBound ? bounded(minimum, maximum, exclusiveMinimum, exclusiveMaximum) : {};
        const range = type === 'integer' ? integerRange(limits) : numberRange(limits);
        if (range === undefined) throw new GrammarProblem('unsupported_value', 'expected bounds with a number between', undefined, path);
        if (range === 'too fine') {
          throw new GrammarProblem('unsupported_value', 'expected bounds of at most 6 digits behind the point', undefined, path);
        }
        return `(${range})`;
      }
      case 'string':
        return stringExpression(node, path, this.#side);
      case 'array':
        return this.#array(node, path);
      default:
        return this.#object(node, path);
    }
  }

  #array(node: Schema, path: string): string {
    const prefix = Array.isArray(node['prefixItems']) ? node['prefixItems'] : [];
    const least = count(node['minItems'], 0);
    const most = count(node['maxItems'], Number.POSITIVE_INFINITY);
    if (least > most) throw new GrammarProblem('invalid_value', 'expected minItems up to maxItems', undefined, `${path}.minItems`);
    if (least > mostItems) throw new GrammarProblem('unsupported_value', `expected at most ${mostItems}`, undefined, `${path}.minItems`);
    const heads = prefix.slice(0, most).map((item, index) => this.#child(item, `${path}.prefixItems[${index}]`));
    const hasRest = node['items'] !== false && most > heads.length;
    if (!hasRest && least > heads.length) {
      throw new GrammarProblem('invalid_value', 'expected items for minItems', undefined, `${path}.minItems`);
    }
    const rest = hasRest ? this.#child(node['items'] ?? true, `${path}.items`) : undefined;
    const range = (from: number, to: number): string =>
      to > mostItems && to === Number.POSITIVE_INFINITY ? `{${from},}` : `{${from},${Math.min(to, mostItems)}}`;
    let tail = '';
    if (rest !== undefined) {
      const from = Math.max(0, least - heads.length);
      const to = most - heads.length;
      if (heads.length > 0) tail = `(", " ${rest})${range(from, to)}`;
      else {
        const some = `${rest} (", " ${rest})${range(Math.max(0, from - 1), to - 1)}`;
        tail = from === 0 ? `(${some})?` : some;
      }
    }
    for (let index = heads.length - 1; index >= 0; index -= 1) {
      const item = `${index === 0 ? '' : '", " '}${heads[index]} ${tail}`;
      tail = index < least ? item : `(${item})?`;
    }
    return `"[" ${tail} "]"`;
  }

  #object(node: Schema, path: string): string {
    const properties = Object.entries((node['properties'] ?? {}) as Schema);
    const required = new Set(Array.isArray(node['required']) ? node['required'] : []);
    for (const name of required) {
      if (!properties.some(([key]) => key === name)) {
        throw new GrammarProblem('unsupported_value', 'expected required properties to be declared', undefined, `${path}.required`);
      }
    }
    if (properties.length === 0) {
      if ('properties' in node || node['additionalProperties'] === false) return '"{}"';
      const value = this.#child(node['additionalProperties'] ?? true, `${path}.additionalProperties`);
      return `"{" (str ": " ${value} (", " str ": " ${value})*)? "}"`;
    }
    // Properties that are not declared are never written, whatever additionalProperties says: they could repeat a declared name.
    let first = '""';
    let later = '""';
    for (const [name, schema] of properties.reverse()) {
      const pair = `${literal(`${JSON.stringify(name)}: `)} ${this.#child(schema, `${path}.properties.${name}`)}`;
      const skipFirst = required.has(name) ? '' : ` | ${first}`;
      const skipLater = required.has(name) ? '' : ` | ${later}`;
      const laterName = this.#newName();
      const firstName = this.#newName();
      this.rules.push(`${firstName} ::= ${pair} ${later}${skipFirst}\n`, `${laterName} ::= ", " ${pair} ${later}${skipLater}\n`);
      first = firstName;
      later = laterName;
    }
    return `"{" ${first} "}"`;
  }

  /** A schema of its own rule, because it is written twice. A character lies between it and its parent. */
  #child(schema: unknown, path: string): string {
    const expression = this.#expression(schema, path, new Set());
    if (/^\w+$/.test(expression)) return expression;
    const name = this.#newName();
    this.rules.push(`${name} ::= ${expression}\n`);
    return name;
  }
}

function values(node: Schema, path: string): string {
  const word = 'const' in node ? 'const' : 'enum';
  const listed: unknown = node[word];
  const all: readonly unknown[] = word === 'enum' && Array.isArray(listed) ? listed : [listed];
  const allowed = all.filter((value) => matchesTypes(value, node['type']));
  if (allowed.length === 0)
    throw new GrammarProblem('invalid_value', 'expected a value of the type beside it', undefined, `${path}.${word}`);
  return `(${allowed.map((value) => literal(JSON.stringify(value))).join(' | ')})`;
}

function stringExpression(node: Schema, path: string, side: SideRules): string {
  if (typeof node['pattern'] === 'string') {
    try {
      return `"\\"" ${regexGrammar(node['pattern'], true, side)} "\\""`;
    } catch (error) {
      if (error instanceof GrammarProblem) throw new GrammarProblem(error.code, error.message, error.cause, `${path}.pattern`);
      throw error;
    }
  }
  if (node['minLength'] === undefined && node['maxLength'] === undefined) {
    const format = stringFormats.get(String(node['format']));
    return format === undefined ? 'str' : `"\\"" ${regexGrammar(format, true, side)} "\\""`;
  }
  const least = count(node['minLength'], 0);
  const most = count(node['maxLength'], Number.POSITIVE_INFINITY);
  if (least > most) throw new GrammarProblem('invalid_value', 'expected minLength up to maxLength', undefined, `${path}.minLength`);
  const mark = side.lengthMark({ least, most, until: 'quote' });
  if (mark === undefined) {
    throw new GrammarProblem('unsupported_value', 'expected fewer different lengths of strings', undefined, `${path}.minLength`);
  }
  return `"\\"" ${literal(mark)} counted`;
}

function count(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}

/** Without the keywords that are absent, whose `undefined` exact optional types do not take. */
function bounded(minimum?: number, maximum?: number, exclusiveMinimum?: number, exclusiveMaximum?: number): Bounds {
  return {
    ...(minimum === undefined ? {} : { minimum }),
    ...(maximum === undefined ? {} : { maximum }),
    ...(exclusiveMinimum === undefined ? {} : { exclusiveMinimum }),
    ...(exclusiveMaximum === undefined ? {} : { exclusiveMaximum }),
  };
}
