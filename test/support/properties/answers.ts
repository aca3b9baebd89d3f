// What every answer has to be, whatever was asked: a reply, a whole stream, or an error in the form of its family that names its cause.

import { methods, type MethodName } from '../../../src/contract/methods.ts';
import { checkSchema } from '../../../src/dialects/check.ts';
import { dialectFor } from '../../../src/dialects/route-dialects.ts';
import { isRecord } from '../../../src/dialects/schema-fit.ts';
import type { Answer } from './kept-socket.ts';
import { streamProblem } from './stream-form.ts';

export interface Outcome {
  readonly status: number;
  /** Of an error: its code, or its type in the family that has no codes. */
  readonly code: string;
  /** Of an error: the field it names. */
  readonly param: string | null;
}

/** What the server may find wrong with a body: nothing else that is found is the client's fault. */
const codes = new Set(
  'invalid_json invalid_type invalid_value missing_required_parameter unknown_parameter unsupported_parameter unsupported_value'
    .concat(' previous_response_not_found context_length_exceeded model_not_found')
    .split(' '),
);
const anthropicTypes = new Set(['invalid_request_error', 'not_found_error']);

/** Throws: Error saying what is wrong with the answer. */
export function outcomeOf(method: MethodName, answer: Answer): Outcome {
  const { status, text, isStream } = answer;
  if (status === 200) {
    const problem = isStream ? streamProblem(method, text) : wholeProblem(method, text);
    if (problem !== undefined) throw new Error(problem);
    return { status, code: isStream ? 'stream' : 'whole', param: null };
  }
  if (status !== 400 && status !== 404) throw new Error(`expected 200, 400 or 404, got ${status}`);
  const body: unknown = JSON.parse(text);
  const error: unknown = isRecord(body) ? body['error'] : undefined;
  if (!isRecord(body) || !isRecord(error)) throw new Error('expected an error in its envelope');
  return methods[method].family === 'anthropic' ? anthropicOutcome(status, body, error) : openaiOutcome(status, body, error);
}

function openaiOutcome(status: number, body: object, error: Readonly<Record<string, unknown>>): Outcome {
  const { message, type, param, code } = error;
  if (String(Object.keys(body)) !== 'error' || String(Object.keys(error).sort()) !== 'code,message,param,type')
    throw new Error('expected the members of an error and no others');
  if (type !== 'invalid_request_error' || typeof message !== 'string' || message === '') throw new Error('expected a type and a message');
  if (typeof code !== 'string' || !codes.has(code)) throw new Error(`expected a code for bodies, got ${String(code)}`);
  if (param !== null && typeof param !== 'string') throw new Error('expected param to be a text or null');
  return { status, code, param };
}

/** The field leads the message, as there is no other place for it. */
function anthropicOutcome(status: number, body: Readonly<Record<string, unknown>>, error: Readonly<Record<string, unknown>>): Outcome {
  const { message, type } = error;
  if (body['type'] !== 'error' || typeof body['request_id'] !== 'string') throw new Error('expected the envelope of the family');
  if (typeof type !== 'string' || !anthropicTypes.has(type)) throw new Error(`expected a type for bodies, got ${String(type)}`);
  if (typeof message !== 'string' || message === '') throw new Error('expected a message');
  return { status, code: type, param: /^(\S+?): /.exec(message)?.[1] ?? null };
}

/** The models of the run write what fits the schema of the route; on `predict`, which has none, an object without an error. */
function wholeProblem(method: MethodName, text: string): string | undefined {
  try {
    const reply: unknown = JSON.parse(text);
    checkSchema(dialectFor(method).outputSchema, reply);
    return method !== 'predict' || (isRecord(reply) && !('error' in reply)) ? undefined : 'expected a reply of predict';
  } catch (error) {
    return `expected a reply of ${method}: ${String(error)}`;
  }
}
