// Whether a pattern is a regular expression, told alike by every version of the engine: newer ones read more, and a client would get
// another code by the version of Node.

import { quotedWord, shortened, visible } from '../../src/core/quoted-word.ts';
import { GrammarProblem } from './grammar-problem.ts';

/** Of a reason that the engine gives. Units: code points. */
const longestReason = 100;

/** An escape, an end of a class, or what begins a group with a question mark. */
const tokens = /\\(?<escaped>.)|[[\]]|\(\?(?=(?<sign>.))/gsu;

/**
 * Throws: GrammarProblem `unsupported_value` for a group or a property of characters, which no grammar here takes and not every engine
 * reads; `invalid_value` for what no engine reads.
 */
export function assertReadable(pattern: string): void {
  let isClass = false;
  for (const { 0: token, index, groups } of pattern.matchAll(tokens)) {
    const { escaped, sign } = groups ?? {};
    if (token === '[') isClass = true;
    else if (token === ']') isClass = false;
    else if (escaped === 'p' || escaped === 'P') throw refusedAt(knownEscapes, token, [...pattern.slice(0, index)].length + 1);
    else if (sign !== undefined && sign !== ':' && !isClass) {
      throw refusedAt('plain and (?:…) groups only', `(?${sign}`, [...pattern.slice(0, index)].length + 1);
    }
  }
  try {
    new RegExp(pattern, 'u');
  } catch (error) {
    const message = `expected a regular expression that JavaScript reads with the flag u${reasonOf(error)}`;
    throw new GrammarProblem('invalid_value', message, error);
  }
}

export const knownEscapes = 'the escapes d w s n r t f v x u only';

/** A part that no grammar takes. `at`: which character it begins at, from 1. */
export function refusedAt(expected: string, came: string, at: number): GrammarProblem {
  return new GrammarProblem('unsupported_value', `expected a pattern with ${expected}, got ${quotedWord(came)} at character ${at}`);
}

/** What comes behind the pattern in the words of the engine. */
function reasonOf(error: unknown): string {
  const [, reason] = error instanceof Error ? (/.*\/u: (.*)$/s.exec(error.message) ?? []) : [];
  return reason === undefined ? '' : `, got one with: ${visible(shortened(reason, longestReason))}`;
}
