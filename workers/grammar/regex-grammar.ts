// Turns a regular expression into EBNF. Own, because the grammar library ends its whole instance at an expression that it cannot read, and
// lets a pattern inside a JSON string produce bare quotes.

import { quotedWord } from '../../src/core/quoted-word.ts';
import { type CharSet, complement, digits, ebnfClass, holds, jsonEscaped, lineEnds, spaces, without, wordChars } from './char-set.ts';
import { GrammarProblem, literal } from './grammar-problem.ts';
import { assertReadable, knownEscapes, refusedAt } from './regex-syntax.ts';
import { firstMark, isMark, type SideRules } from './side-rules.ts';

/** Most repetitions of one part. */
const mostRepetitions = 1000;
const longestPattern = 4096;
const deepestGroups = 64;
/** Each repetition of a class of many characters takes the library 10 ms to compile. */
const mostWideRepetitions = 40;
const wideClass = 17;
/** From here on a class at the end of a pattern is counted beside the grammar. */
const fewRepetitions = 8;

/**
 * EBNF of the texts that the pattern matches from end to end. `insideJson`: as the content of a JSON string, which leaves out characters
 * that would need an escape where a class allows them, and escapes them where the pattern names them.
 * Throws: GrammarProblem for what a pattern may not use: look-around, back references, word boundaries, anchors inside.
 */
export function regexGrammar(pattern: string, insideJson: boolean, side: SideRules): string {
  if (pattern.length > longestPattern)
    throw new GrammarProblem('invalid_value', `expected a pattern of at most ${longestPattern} characters, got ${pattern.length}`);
  assertReadable(pattern);
  return new RegexReader(pattern, insideJson, side).read();
}

interface Atom {
  readonly ebnf: string;
  /** Characters of a class that count as many: its repetitions are dear. */
  readonly isWide: boolean;
  /** Takes what a mark is written as, so that a mark behind some of it cannot be told from text. */
  readonly isOpen: boolean;
}

const plain = { isWide: false, isOpen: false };

class RegexReader {
  readonly #chars: readonly string[];
  readonly #insideJson: boolean;
  readonly #side: SideRules;
  #at = 0;
  #wideRepetitions = 0;
  /** How much an open class has taken is not known here. */
  #isOpen = false;

  constructor(pattern: string, insideJson: boolean, side: SideRules) {
    this.#chars = [...pattern];
    this.#insideJson = insideJson;
    this.#side = side;
  }

  read(): string {
    const ebnf = this.#alternatives(0);
    if (this.#wideRepetitions <= mostWideRepetitions) return ebnf;
    const message = `expected at most ${mostWideRepetitions} repetitions of classes of many characters, except at the end of the pattern`;
    throw new GrammarProblem('unsupported_value', `${message}, got ${this.#wideRepetitions}`);
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
    const branches = [this.#sequence(depth, true)];
    while (this.#peek() === '|') {
      this.#take();
      branches.push(this.#sequence(depth, false));
    }
    return `(${branches.join(' | ')})`;
  }

  #sequence(depth: number, isFirst: boolean): string {
    const parts: string[] = [];
    if (depth === 0 && this.#peek() === '^') this.#take();
    for (let next = this.#peek(); next !== undefined && next !== '|' && next !== ')'; next = this.#peek()) {
      const after = this.#peek(1);
      if (next === '$' && depth === 0 && (after === undefined || after === '|')) this.#take();
      else parts.push(this.#quantified(depth, depth === 0 && isFirst));
    }
    return parts.length === 0 ? '""' : parts.join(' ');
  }

  /** `isOnly`: in the one branch of the pattern, if nothing follows. */
  #quantified(depth: number, isOnly: boolean): string {
    const atom = this.#atom(depth);
    const sign = this.#peek();
    const wasOpen = this.#isOpen;
    if (atom.isOpen && (depth > 0 || /^[*+?{]$/.test(sign ?? ''))) this.#isOpen = true;
    if (sign === '*' || sign === '+' || sign === '?') {
      const suffix = this.#take();
      this.#skipLazy();
      return `${atom.ebnf}${suffix}`;
    }
    if (sign !== '{') return atom.ebnf;
    const { text, least, most } = this.#braces();
    this.#skipLazy();
    const dearest = most === Number.POSITIVE_INFINITY ? least : most;
    if (!atom.isWide) return `${atom.ebnf}${text}`;
    if (isOnly && !wasOpen && this.#isAtEnd() && dearest >= fewRepetitions) return this.#counted(atom.ebnf, least, most);
    this.#wideRepetitions += dearest;
    return `${atom.ebnf}${text}`;
  }

  // Lazy or not, the same texts match.
  #skipLazy(): void {
    if (this.#peek() === '?') this.#take();
  }

  #isAtEnd(): boolean {
    return this.#peek() === undefined || (this.#peek() === '$' && this.#peek(1) === undefined);
  }

  #counted(ebnf: string, least: number, most: number): string {
    const mark = this.#side.lengthMark({ least, most, until: this.#insideJson ? 'quote' : 'end' });
    if (mark === undefined) {
      throw new GrammarProblem('unsupported_value', 'expected fewer different numbers of repetitions at ends of patterns');
    }
    return `${literal(mark)} ${ebnf}*`;
  }

  #braces(): { readonly text: string; readonly least: number; readonly most: number } {
    let text = '';
    while (!text.endsWith('}')) text += this.#take();
    const [first, second] = text.slice(1, -1).split(',');
    const least = Number(first);
    const most = second === undefined ? least : second === '' ? Number.POSITIVE_INFINITY : Number(second);
    if (least > mostRepetitions || (most !== Number.POSITIVE_INFINITY && most > mostRepetitions)) {
      throw new GrammarProblem(
        'unsupported_value',
        `expected at most ${mostRepetitions} repetitions of one part of a pattern, got ${quotedWord(text)}`,
      );
    }
    return { text, least, most };
  }

  #atom(depth: number): Atom {
    const char = this.#take();
    switch (char) {
      case '(':
        return { ebnf: this.#group(depth), ...plain };
      case '[':
        return this.#class(this.#charClass());
      case '.':
        return this.#class(complement(lineEnds));
      case '^':
      case '$':
        return this.#refuse('^ at its beginning and $ at its end only', char);
      case '\\': {
        const set = this.#escaped();
        return typeof set === 'number' ? { ebnf: this.#literal(set), ...plain } : this.#class(set);
      }
      default:
        return { ebnf: this.#literal(char.codePointAt(0) ?? 0), ...plain };
    }
  }

  /** `came`: what was taken last. */
  #refuse(expected: string, came: string): never {
    throw refusedAt(expected, came, this.#at - [...came].length + 1);
  }

  #group(depth: number): string {
    // Of the groups with a question mark only (?: gets here.
    if (this.#peek() === '?') this.#at += 2;
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
    if (char === 'x') return this.#hexDigits(2);
    if (char === 'u') return this.#codePoint();
    if (/[A-Za-z0-9]/.test(char)) this.#refuse(knownEscapes, `\\${char}`);
    return char.codePointAt(0) ?? 0;
  }

  /** Behind `\\u`. Both halves of a pair make one character. */
  #codePoint(): number {
    if (this.#peek() === '{') {
      let text = '';
      while (!text.endsWith('}')) text += this.#take();
      return Number.parseInt(text.slice(1, -1), 16);
    }
    const unit = this.#hexDigits(4);
    const isPair = unit >= 0xd800 && unit < 0xdc00 && this.#peek() === '\\' && /^[dD]$/.test(this.#peek(2) ?? '');
    if (!isPair) return unit;
    this.#at += 2;
    return String.fromCharCode(unit, this.#hexDigits(4)).codePointAt(0) ?? 0;
  }

  #hexDigits(count: number): number {
    return Number.parseInt(Array.from({ length: count }, () => this.#take()).join(''), 16);
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
    if ((code >= 0xd800 && code < 0xe000) || isMark(code)) {
      throw new GrammarProblem('unsupported_value', 'expected a pattern without halves of surrogate pairs and U+F0000 to U+F003F');
    }
    return literal(this.#insideJson ? JSON.stringify(char).slice(1, -1) : char);
  }

  #class(set: CharSet): Atom {
    const written = ebnfClass(this.#insideJson ? without(set, jsonEscaped) : set);
    if (written === undefined)
      throw new GrammarProblem('unsupported_value', 'expected a class of the pattern to allow a character that can be written');
    if (written === 'too many') {
      throw new GrammarProblem(
        'unsupported_value',
        'expected a class of the pattern to have at most 2000 characters beyond ASCII, or to lack at most 64',
      );
    }
    this.#side.exclude(written.excluded);
    return {
      ebnf: written.ebnf,
      isWide: written.size >= wideClass,
      isOpen: holds(set, firstMark),
    };
  }
}
