// Text and data inside a page: names come from files and servers, and none of them may become markup or script.

import { printable } from '../columns.ts';

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** For the content of an element or a quoted attribute. */
export function escapeText(text: string): string {
  return printable(text).replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** As `escapeText`, for text that has line breaks of its own. */
export function escapeLines(text: string): string {
  return text.split('\n').map(escapeText).join('\n');
}

/**
 * JSON for a script element: `<` could end the element or begin a comment in it, and U+2028 and U+2029 are line breaks in scripts of old
 * browsers. All of them can only stand inside strings, where an escape means the same.
 */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<>\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
