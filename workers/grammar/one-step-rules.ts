// Rewrites a grammar so that each branch of a rule takes one character and leaves the rest to another rule. The library makes an automaton
// of each rule and merges its states, and what it merges in longer ones can let texts pass that no branch has (mlc-ai/xgrammar#618 and #752;
// in 0.1.27 `[0-9] | [1-9] [0-9] | "100"` among longer branches let 950 pass). With one step a rule there is nothing to merge wrongly.

const part = /"(?:\\.|[^"\\])*"|\[(?:\\.|[^\]\\])*\]\*?|[^\s()|"[\]]+(?:\{[^}]*\})?|[()|]/gu;
/** A longer literal goes on in blocks: by single characters it would take time and room by the square of its length. */
const longLiteral = 128;
const block = 64;
/** A longer rest is not looked for among those that are there. */
const longestKey = 2000;
const character = /\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)|[^\\]/gu;

/**
 * The same grammar. `normal`: as the library writes it, one rule a line, each a list of branches in parentheses. A rule with a lookahead
 * stays as it is: those that are written here take single steps, and the library's own have one branch.
 */
export function inOneStepRules(normal: string): string {
  return new StepWriter(normal).write();
}

class StepWriter {
  readonly #lines: readonly string[];
  readonly #prefix: string;
  /** Names of the rules that take the rest of a branch, by that rest. */
  readonly #rests = new Map<string, string>();
  readonly #written: string[] = [];
  #count = 0;

  constructor(normal: string) {
    this.#lines = normal.split('\n');
    let prefix = 'rest_';
    while (normal.includes(prefix)) prefix += '_';
    this.#prefix = prefix;
  }

  write(): string {
    for (const line of this.#lines) this.#written.push(this.#rule(line));
    return this.#written.join('\n');
  }

  #rule(line: string): string {
    const [, name, body] = /^(\S+) ::= \((.*)\)$/.exec(line) ?? [];
    const branches = body === undefined ? undefined : branchesOf(body);
    if (name === undefined || branches === undefined) return line;
    return `${name} ::= ${branches.map((branch) => this.#branch(branch)).join(' | ')}`;
  }

  #branch(parts: readonly string[]): string {
    const [first, ...others] = parts;
    if (first === undefined) return '""';
    const rest = others.length === 0 ? '' : ` ${this.#restRule(others)}`;
    if (first.endsWith(']*')) return `${this.#starRule(first)}${rest}`;
    const [head = '', ...tail] = first.startsWith('"') ? (first.slice(1, -1).match(character) ?? []) : [];
    if (tail.length === 0) return `${first}${rest}`;
    return `"${head}" ${this.#restRule([`"${tail.join('')}"`, ...others])}`;
  }

  /** One rule for equal rests, wherever they come. */
  #restRule(parts: readonly string[]): string {
    const [only = ''] = parts;
    if (parts.length === 1 && only.endsWith(']*')) return this.#starRule(only);
    if (parts.length === 1 && /^[^"[]/.test(only) && !only.includes('{')) return only;
    return this.#named(parts.join(' '), () => this.#block(parts) ?? this.#branch(parts));
  }

  /** Straight on there is nothing to merge, and the library does not inline a rule that refers to another one. */
  #block([first = '', ...others]: readonly string[]): string | undefined {
    if (!first.startsWith('"') || first.length <= longLiteral) return undefined;
    const characters = first.slice(1, -1).match(character) ?? [];
    if (characters.length <= longLiteral) return undefined;
    return `"${characters.slice(0, block).join('')}" ${this.#restRule([`"${characters.slice(block).join('')}"`, ...others])}`;
  }

  #starRule(star: string): string {
    return this.#named(star, (name) => `"" | ${star.slice(0, -1)} ${name}`);
  }

  #named(key: string, body: (name: string) => string): string {
    const known = this.#rests.get(key);
    if (known !== undefined) return known;
    const name = `${this.#prefix}${this.#count}`;
    this.#count += 1;
    if (key.length <= longestKey) this.#rests.set(key, name);
    this.#written.push(`${name} ::= ${body(name)}`);
    return name;
  }
}

/** The parts of each branch; undefined where more than a list of branches stands there. */
function branchesOf(body: string): readonly (readonly string[])[] | undefined {
  const branches: string[][] = [];
  let depth = 0;
  let current: string[] = [];
  for (const [text] of body.matchAll(part)) {
    if (text === '(') depth += 1;
    else if (text === ')') depth -= 1;
    else if (text === '|') {
      branches.push(current);
      current = [];
    } else if (text !== '""') current.push(text);
    if (depth < 0 || depth > 1) return undefined;
  }
  return [...branches, current];
}
