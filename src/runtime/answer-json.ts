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

/** `json`: valid. Linear in its length. */
export function isTooDeep(json: string): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < json.length; index += 1) {
    const char = json[index];
    if (inString) {
      if (char === '\\') index += 1;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{' || char === '[') {
      depth += 1;
      if (depth > deepest) return true;
    } else if (char === '}' || char === ']') depth -= 1;
  }
  return false;
}
