// Turns a regular expression into EBNF. Own, because the grammar library ends its whole instance at an expression that it cannot read, and
// lets a pattern inside a JSON string produce bare quotes.

import { type CharSet, complement, digits, ebnfClass, jsonEscaped, lineEnds, spaces, without, wordChars } from './char-set.ts';
import { GrammarProblem, literal } from './grammar-problem.ts';
import type { SideRules } from './side-rules.ts';

/** Most repetitions of one part, because each makes the automaton larger. */
const mostRepetitions = 1000;
const longestPattern = 4096;
const deepestGroups = 64;

/**
 * EBNF of the texts that the pattern matches from end to end. `insideJson`: as the content of a JSON string, which leaves out characters
 * that would need an escape where a class allows them, and escapes them where the pattern names them.
 * Throws: GrammarProblem for what a pattern may not use: look-around, back references, word boundaries, anchors inside.
 */
export function regexGrammar(pattern: string, insideJson: boolean, side: SideRules): string {
  if (pattern.length > longestPattern)
    throw new GrammarProblem('invalid_value', `expected a pattern of at most ${longestPattern} characters`);
  try {
    new RegExp(pattern, 'u');
  } catch (error) {
    throw new GrammarProblem('invalid_value', 'expected a valid regular expression', error);
  }
  return new RegexReader(pattern, insideJson, side).read();
}

class RegexReader {
  readonly #chars: readonly string[];
  readonly #insideJson: boolean;
  readonly #side: SideRules;
  #at = 0;

  constructor(pattern: string, insideJson: boolean, side: SideRules) {
    this.#chars = [...pattern];
    this.#insideJson = insideJson;
    this.#side = side;
  }

  read(): string {
    return this.#alternatives(0);
  }

  #peek(ahead = 0): string | undefined {
    return this.#chars[this.#at + ahead];
  }

  #take(): string {
    const char = this.#chars[this.#at];
    if (char === undefined) throw new GrammarProblem('invalid_value', 'expected a regular expression that is complete');
    this.#at += 1;
    return char;
  }

  #alternatives(depth: number): string {
    if (depth > deepestGroups) throw new GrammarProblem('invalid_value', `expected at most ${deepestGroups} groups inside each other`);
    const branches = [this.#sequence(depth)];
    while (this.#peek() === '|') {
      this.#take();
      branches.push(this.#sequence(depth));
    }
    return `(${branches.join(' | ')})`;
  }

  #sequence(depth: number): string {
    const parts: string[] = [];
    if (depth === 0 && this.#peek() === '^') this.#take();
    for (let next = this.#peek(); next !== undefined && next !== '|' && next !== ')'; next = this.#peek()) {
      const after = this.#peek(1);
      if (next === '$' && depth === 0 && (after === undefined || after === '|')) this.#take();
      else parts.push(this.#quantified(depth));
    }
    return parts.length === 0 ? '""' : parts.join(' ');
  }

  #quantified(depth: number): string {
    const atom = this.#atom(depth);
    const sign = this.#peek();
    let suffix = '';
    if (sign === '*' || sign === '+' || sign === '?') suffix = this.#take();
    else if (sign === '{') suffix = this.#braces();
    // Lazy or not, the same texts match.
    if (suffix !== '' && this.#peek() === '?') this.#take();
    return suffix === '' ? atom : `${atom}${suffix}`;
  }

  #braces(): string {
    let text = '';
    while (!text.endsWith('}')) text += this.#take();
    if ((text.match(/\d+/g) ?? []).some((count) => Number(count) > mostRepetitions)) {
      throw new GrammarProblem('unsupported_value', `expected at most ${mostRepetitions} repetitions in a pattern`);
    }
    return text;
  }

  #atom(depth: number): string {
    const char = this.#take();
    switch (char) {
      case '(':
        return this.#group(depth);
      case '[':
        return this.#class(this.#charClass());
      case '.':
        return this.#class(complement(lineEnds));
      case '^':
      case '$':
        throw new GrammarProblem('unsupported_value', 'a pattern may have ^ at its beginning and $ at its end only');
      case '\\': {
        const set = this.#escaped();
        return typeof set === 'number' ? this.#literal(set) : this.#class(set);
      }
      default:
        return this.#literal(char.codePointAt(0) ?? 0);
    }
  }

  #group(depth: number): string {
    if (this.#peek() === '?') {
      this.#take();
      if (this.#take() !== ':') throw new GrammarProblem('unsupported_value', 'a pattern may have plain and (?:…) groups only');
    }
    const inner = this.#alternatives(depth + 1);
    this.#take();
    return inner;
  }

  #escaped(): CharSet | number {
    const char = this.#take();
    const sets: Readonly<Record<string, CharSet>> = { d: digits, w: wordChars, s: spaces };
    const set = sets[char.toLowerCase()];
    if (set !== undefined) return char === char.toLowerCase() ? set : complement(set);
    const controls: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11 };
    const control = controls[char];
    if (control !== undefined) return control;
    if (char === 'x') return Number.parseInt(this.#take() + this.#take(), 16);
    if (char === 'u' && this.#peek() !== '{') {
      return Number.parseInt(this.#take() + this.#take() + this.#take() + this.#take(), 16);
    }
    if (/[A-Za-z0-9]/.test(char)) throw new GrammarProblem('unsupported_value', 'a pattern may have the escapes d w s n r t f v x u only');
    return char.codePointAt(0) ?? 0;
  }

  #charClass(): CharSet {
    const isNegated = this.#peek() === '^';
    if (isNegated) this.#take();
    const ranges: (readonly [number, number])[] = [];
    while (this.#peek() !== ']') {
      const from = this.#classMember();
      if (typeof from !== 'number') ranges.push(...from);
      else if (this.#peek() === '-' && this.#peek(1) !== ']') {
        this.#take();
        const to = this.#classMember();
        if (typeof to !== 'number') throw new GrammarProblem('invalid_value', 'expected a character at both ends of a range');
        ranges.push([from, to]);
      } else ranges.push([from, from]);
    }
    this.#take();
    return isNegated ? complement(ranges) : ranges;
  }

  #classMember(): CharSet | number {
    const char = this.#take();
    return char === '\\' ? this.#escaped() : (char.codePointAt(0) ?? 0);
  }

  #literal(code: number): string {
    const char = String.fromCodePoint(code);
    return literal(this.#insideJson ? JSON.stringify(char).slice(1, -1) : char);
  }

  #class(set: CharSet): string {
    const written = ebnfClass(this.#insideJson ? without(set, jsonEscaped) : set);
    if (written === undefined)
      throw new GrammarProblem('unsupported_value', 'a class of the pattern allows no character that can be written');
    if (written === 'too many') {
      throw new GrammarProblem(
        'unsupported_value',
        'a class of the pattern may have at most 2000 characters beyond ASCII, or lack at most 64',
      );
    }
    this.#side.exclude(written.excluded);
    return written.ebnf;
  }
}
