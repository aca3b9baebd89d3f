// What is wrong with a schema, pattern or grammar, with its path inside it; and how a text is quoted in EBNF.

import { pathKey, shortened, visible } from '../../src/core/quoted-word.ts';

/** Of a path that is told: it may be made of a client's own names, and comes back in an answer and a log. */
const longestPath = 512;
/** Of a place in words, of which both ends tell most: where it is, and which keyword. */
const longestEnd = 100;

/** Becomes an InferenceError once the parameter of the request is known. */
export class GrammarProblem extends Error {
  readonly code: 'invalid_value' | 'unsupported_value';
  /** `.properties.age.type`, or empty. Of one line. */
  readonly path: string;

  constructor(code: 'invalid_value' | 'unsupported_value', message: string, cause?: unknown, path = '') {
    super(message, { cause });
    this.code = code;
    this.path = visible(shortened(path, longestPath));
  }
}

/** `advice`: what to do about it, behind the place. */
export function unsupported(message: string, path: string, advice = ''): never {
  throw problemAt(path, { code: 'unsupported_value', message }, advice);
}

export function invalid(message: string, path: string): never {
  throw problemAt(path, { code: 'invalid_value', message });
}

/**
 * Says the place in its words as well: some clients show nothing else. It is the one inside the schema, since where that stands depends
 * on the route.
 */
export function problemAt(
  path: string,
  { code, message, cause }: Pick<GrammarProblem, 'code' | 'message' | 'cause'>,
  advice = '',
): GrammarProblem {
  const whole = path.replace(/^\./, '');
  const place = visible(whole.length > 2 * longestEnd ? `${whole.slice(0, longestEnd)}…${whole.slice(-longestEnd)}` : whole);
  const end = advice === '' ? '' : `; ${advice}`;
  return new GrammarProblem(code, `${message}${place === '' ? '' : `, at ${place}`}${end}`, cause, path);
}

/** The path of a part that a client named. */
export function named(path: string, name: string): string {
  return `${path}.${pathKey(name)}`;
}

/** A text as an EBNF literal. Throws: GrammarProblem for half a surrogate pair, which no text holds. */
export function literal(text: string): string {
  const quoted = [...text].map((char) => {
    const code = char.codePointAt(0) ?? 0;
    if (code >= 0xd800 && code <= 0xdfff) unsupported('expected text without halves of surrogate pairs', '');
    if (char === '"' || char === '\\') return `\\${char}`;
    return code < 32 || code > 126 ? ebnfCode(code) : char;
  });
  return `"${quoted.join('')}"`;
}

/** A code point as literals and classes of EBNF have it. */
export function ebnfCode(code: number): string {
  return `\\U${code.toString(16).padStart(8, '0')}`;
}
