// JSON from a stranger: valid UTF-8, bounded depth, no keys that reach a prototype.

import { InferenceError } from '../core/errors.ts';
import { type JsonMistake, jsonMistake } from './json-mistake.ts';

// Real bodies nest under 20 deep. Serialising and cloning overflow the stack from about 2,000.
const depthLimit = 64;
// A table of 25,000 rows of ten fields has so many. Checking a million of them against a schema holds the thread for seconds.
const memberLimit = 250_000;
// 2,048 texts of 2,000 token ids each: more than any route serves at once.
const valueLimit = 4_096_000;
// In characters. Looking for a mistake holds the thread of all requests several times as long as parsing: tens of milliseconds for so many.
const placedLimit = 1_048_576;

/** Throws: invalid_json. */
export function parseJson(bytes: Uint8Array): unknown {
  if (bytes.length === 0) throw invalid('expected a JSON body, got an empty one');
  checkShape(bytes);
  const text = decode(bytes);
  const value = parse(text);
  // An escape may spell a forbidden key too. All other bodies are spared the walk.
  if (/__proto__|constructor|\\u/.test(text)) checkKeys(value);
  return value;
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw invalid('expected valid UTF-8', error);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Without a cause: the parser's message quotes the body.
    throw invalid(`expected valid JSON${text.length > placedLimit ? '' : placeOf(jsonMistake(text))}`);
  }
}

function placeOf(mistake: JsonMistake | undefined): string {
  if (mistake === undefined) return '';
  const { line, column, expected, atEnd } = mistake;
  return `, got ${atEnd ? 'the end of the body' : 'a mistake'} at line ${line}, column ${column}: expected ${expected}`;
}

/** Counts brackets, colons and commas outside strings. Bytes suffice: no byte of a multi-byte character looks like ASCII. */
function checkShape(bytes: Uint8Array): void {
  let depth = 0;
  let members = 0;
  let values = 0;
  let inString = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (inString) {
      if (byte === 0x5c) i++;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > depthLimit) throw invalid(`expected JSON nested at most ${depthLimit} deep`);
    } else if (byte === 0x7d || byte === 0x5d) depth--;
    else if (byte === 0x2c) {
      if (++values > valueLimit) throw invalid(`expected JSON of at most ${valueLimit} values in all`);
    } else if (byte === 0x3a && ++members > memberLimit) throw invalid(`expected JSON of at most ${memberLimit} keys in all`);
  }
}

function checkKeys(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    // By index, and past what holds no key: entries of a list of a million numbers would be a million pairs.
    for (let index = 0; index < value.length; index++) if (typeof value[index] === 'object') checkKeys(value[index]);
    return;
  }
  for (const [key, member] of Object.entries(value)) {
    const reachesPrototype = key === 'constructor' && typeof member === 'object' && member !== null && Object.hasOwn(member, 'prototype');
    if (key === '__proto__' || reachesPrototype) throw invalid('expected no __proto__ or constructor.prototype key');
    checkKeys(member);
  }
}

function invalid(message: string, cause?: unknown): InferenceError {
  return new InferenceError('invalid_json', message, cause === undefined ? {} : { cause });
}
