// A finished reply of JSON.

import type { Framed } from '../contract/dialect.ts';
import type { MethodName } from '../contract/methods.ts';
import type { CallUsage, ReplyHead } from '../contract/thread.ts';
import { InferenceError } from '../core/errors.ts';
import { utf8 } from './sse.ts';

export const jsonHead: ReplyHead = { status: 200, headers: { 'content-type': 'application/json; charset=utf-8' }, shape: 'whole' };

/** Throws: InferenceError `invalid_result` that names the method when the value is none that JSON can hold. */
export function jsonReply(method: MethodName, value: unknown, usage?: CallUsage): Framed {
  return { kind: 'whole', head: jsonHead, bytes: utf8(toJson(method, value)), ...(usage === undefined ? {} : { usage }) };
}

/** The value as one line of JSON. Throws: InferenceError `invalid_result` that names the method. */
export function toJson(method: MethodName, value: unknown): string {
  let json: string | undefined;
  try {
    // Undefined for what has no JSON form at the top: undefined, functions, symbols. The declared type leaves that out.
    json = JSON.stringify(value) as string | undefined;
  } catch (cause) {
    throw new InferenceError('invalid_result', `expected ${method} to return what JSON can hold, got ${typeof value} that it cannot`, {
      cause,
    });
  }
  if (json === undefined) throw new InferenceError('invalid_result', `expected ${method} to return a value, got ${typeof value}`);
  return json;
}
