// Reads the EBNF of a client in an instance of the library that may die of it.

import { shortened, visible } from '../../src/core/quoted-word.ts';
import { GrammarProblem } from './grammar-problem.ts';
import { openGrammarLibrary } from './xgrammar-library.ts';

/** The same in the library's own words. Throws: GrammarProblem. */
export async function foreignGrammar(ebnf: string): Promise<string> {
  const text = await read(ebnf);
  // The library misreads such classes, and then allows what they do not.
  if (classesOf(text).some(hasMoreThanAscii)) {
    throw new GrammarProblem('unsupported_value', 'expected classes of ASCII characters only, with others as alternatives: "é" | "è"');
  }
  return text;
}

/** Of what the library says, which may quote the grammar. Units: code points. */
const longestReason = 200;

async function read(ebnf: string): Promise<string> {
  const lines: string[] = [];
  try {
    return (await openGrammarLibrary((line) => lines.push(line)).Grammar.fromEBNF(ebnf)).toString();
  } catch (cause) {
    throw new GrammarProblem('invalid_value', `expected EBNF of rules such as root ::= "yes" | "no", got ${reasonOf(lines)}`, cause);
  }
}

/** The library's own words behind the file that it names; how it ended says nothing. */
function reasonOf(lines: readonly string[]): string {
  const [, place, reason] = /EBNF \w+ error at (line \d+, column \d+): (.*)/s.exec(lines.find((line) => line.includes('EBNF')) ?? '') ?? [];
  if (place === undefined || reason === undefined) return 'one that cannot be read';
  return `an error in ${place}: ${visible(shortened(reason.replace(/ got $/, ' got the end'), longestReason))}`;
}

function classesOf(ebnf: string): readonly string[] {
  const literalsAndClasses = ebnf.match(/"(?:\\.|[^"\\])*"|\[(?:\\.|[^\]\\])*\]/g) ?? [];
  return literalsAndClasses.filter((part) => part.startsWith('['));
}

function hasMoreThanAscii(part: string): boolean {
  const codes = [...part.matchAll(/\\(?:x|u|U)([0-9a-fA-F]+)/g)].map(([, digits]) => Number.parseInt(digits ?? '', 16));
  return codes.some((code) => code > 0x7f) || [...part].some((char) => (char.codePointAt(0) ?? 0) > 0x7f);
}
