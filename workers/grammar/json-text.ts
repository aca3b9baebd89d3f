// JSON texts of constant values: as a grammar writes them, and in a form in which equal values have equal texts.

import { invalid, unsupported } from './grammar-problem.ts';
import { isMark } from './side-rules.ts';
import { spacedJson } from './spaced-json.ts';

/** Values are written recursively. */
const deepest = 128;

/**
 * With one space after commas and colons, as all JSON of a grammar. Characters that mark lengths in a grammar are escaped.
 * Throws: GrammarProblem for a number that would come back as another one.
 */
export function jsonText(value: unknown, path: string): string {
  assertExact(value, path, 0);
  const text = spacedJson(value);
  return hasMark(text) ? [...text].map(escapedMark).join('') : text;
}

/** Whether plain text has a character that marks lengths in a grammar. */
export function hasMark(text: string): boolean {
  // All are above U+FFFF, and few texts have such characters.
  return /[\ud800-\udbff]/.test(text) && [...text].some((char) => isMark(char.codePointAt(0) ?? 0));
}

/** Equal for equal values, whatever the order of their properties. Throws: GrammarProblem where the value is too deep. */
export function sortedText(value: unknown, path: string, depth = 0): string {
  if (depth > deepest) unsupported(`expected a value at most ${deepest} levels deep`, path);
  if (Array.isArray(value)) return `[${value.map((item) => sortedText(item, path, depth + 1)).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const names = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${names.map(([name, item]) => `${JSON.stringify(name)}:${sortedText(item, path, depth + 1)}`).join()}}`;
}

/** JSON texts of numbers that a double cannot hold were rounded when they were parsed, or are infinite. */
function assertExact(value: unknown, path: string, depth: number): void {
  if (depth > deepest) unsupported(`expected a value at most ${deepest} levels deep`, path);
  if (typeof value === 'number') {
    const isExact = Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
    if (!isExact) invalid(`expected numbers that a double holds exactly, got ${value}`, path);
  } else if (typeof value === 'object' && value !== null) {
    for (const item of Object.values(value)) assertExact(item, path, depth + 1);
  }
}

function escapedMark(char: string): string {
  return isMark(char.codePointAt(0) ?? 0) ? `\\u${hex(char.charCodeAt(0))}\\u${hex(char.charCodeAt(1))}` : char;
}

function hex(code: number): string {
  return code.toString(16).padStart(4, '0');
}
