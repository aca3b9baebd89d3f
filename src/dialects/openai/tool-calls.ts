// What every form of a conversation has to keep to in its calls of tools, told at the place where the client wrote them.

import { InferenceError } from '../../core/errors.ts';

/** Empty text stands for no arguments. Throws: InferenceError `invalid_value` for text that is not of a JSON object. */
export function callArguments(text: string, param: string): string {
  if (text.trim() === '') return '{}';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Told below: what the parser says may quote the client's text.
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return text;
  throw new InferenceError('invalid_value', `expected ${param} to be the JSON text of an object, got other text`, { param });
}

/** A conversation that ends with calls, in the turn at `path`, asks for nothing that a model could say. */
export function unanswered(path: string): InferenceError {
  return new InferenceError('invalid_value', `expected a result after the tool calls of ${path}, got nothing`, { param: path });
}
