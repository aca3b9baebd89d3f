// JSON that a model answered with: no model is trusted to write what the server can write again.

import { type Json, recordOf } from '../dialects/adapters/record-of.ts';

// As deep as a body may be, whose tools and schemas a response repeats, and the event around it. Parsing takes any depth, and what
// writes the object again overflows the stack at a few thousand.
const deepest = 65;

/** Undefined: it is no JSON, or none of an object. */
export function parsedObject(json: string): Json | undefined {
  try {
    return recordOf(JSON.parse(json));
  } catch {
    return undefined;
  }
}

/** `json`: valid. Linear in its length, and quick within texts, which is what most of an answer is. */
export function isTooDeep(json: string): boolean {
  let depth = 0;
  for (let index = 0; index < json.length; index += 1) {
    const char = json[index];
    if (char === '"') index = endOfText(json, index);
    else if (char === '{' || char === '[') {
      depth += 1;
      if (depth > deepest) return true;
    } else if (char === '}' || char === ']') depth -= 1;
  }
  return false;
}

/** Where the text that begins at `start` has its closing mark. */
function endOfText(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end >= 0; end = json.indexOf('"', end + 1)) {
    let escapes = 0;
    while (json[end - 1 - escapes] === '\\') escapes += 1;
    if (escapes % 2 === 0) return end;
  }
  return json.length;
}
