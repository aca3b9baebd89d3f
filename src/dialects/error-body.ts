// Errors as each route family writes them: as a body, and as an event of a stream that has begun.

import { type ErrorCode, type ErrorSpec, errorCodes } from '../core/error-codes.ts';
import { type Family, type MethodName, methods } from '../contract/methods.ts';
import type { ResponseFacts } from '../contract/thread.ts';
import { responseObject } from './openai/response-object.ts';
import { utf8 } from './sse.ts';

/** What a client may learn of an error. */
export interface WireError {
  readonly code: string;
  readonly status: number;
  readonly message: string;
  readonly param: string | null;
}

/** Whether the table says that sending it again is of no use. The official clients retry by status and would go on. */
export function isFinal({ code }: WireError): boolean {
  return specOf(code)?.retryable === false;
}

/** The JSON body of an error answer. */
export function errorBody(family: Family, record: WireError, requestId: string): object {
  if (family !== 'anthropic') return { error: openaiError(record) };
  const error = { type: typesOf(record).anthropic, message: anthropicMessage(record), ...anthropicDetails(record) };
  return { type: 'error', error, request_id: requestId };
}

/**
 * The event that tells of an error inside a stream of the method's route.
 * `sequenceNumber`: how many events the stream has had; only `responses` numbers them. `failed`: the response that
 * a second event declares failed, where nobody else will.
 */
export function errorFrame(
  method: MethodName,
  record: WireError,
  requestId: string,
  sequenceNumber: number,
  failed?: ResponseFacts,
): Uint8Array {
  if (method === 'responses') {
    const error = openaiError(record);
    // Flat for OpenAI's clients and nested for those of Open Responses, which fail on the flat form alone.
    const { code, message, param } = error;
    const frame = `event: error\ndata: ${JSON.stringify({ type: 'error', sequence_number: sequenceNumber, code, message, param, error })}\n\n`;
    return utf8(failed === undefined ? frame : frame + failedFrame(failed, record, sequenceNumber + 1));
  }
  const family: Family = methods[method].family;
  const json = JSON.stringify(errorBody(family, record, requestId));
  return utf8(family === 'anthropic' ? `event: error\ndata: ${json}\n\n` : `data: ${json}\n\n`);
}

/** The body and the output stayed with the thread that was cut off; the error is what counts. */
function failedFrame({ id, model, created }: ResponseFacts, record: WireError, sequenceNumber: number): string {
  const state = { id, status: 'failed', output: [], usage: undefined, error: responseError(record) } as const;
  const response = responseObject(state, { body: {}, model, created });
  const json = JSON.stringify({ type: 'response.failed', sequence_number: sequenceNumber, response });
  return `event: response.failed\ndata: ${json}\n\n`;
}

/** What keeps a silent stream alive: a comment, or the named event that Anthropic's clients know. */
export function heartbeat(family: Family): Uint8Array {
  return utf8(family === 'anthropic' ? 'event: ping\ndata: {"type":"ping"}\n\n' : ':\n\n');
}

/** The error of a failed response: unlike that of an error, its code is never null. `param` is ours, and there where something is named. */
export function responseError(record: WireError): { readonly code: string; readonly message: string; readonly param?: string } {
  const { message, param } = record;
  return { code: wireCode(record) ?? 'server_error', message, ...(param === null ? {} : { param }) };
}

/** The code as clients may see it; null for those that only the log tells. */
export function wireCode({ code }: WireError): string | null {
  return specOf(code)?.onWire === false ? null : code;
}

function openaiError(record: WireError): { message: string; type: string; param: string | null; code: string | null } {
  return { message: record.message, type: typesOf(record).openai, param: record.param, code: wireCode(record) };
}

/** The Anthropic envelope has no place for the field, so it leads the message, the way their own server writes it. */
function anthropicMessage({ code, message, param }: WireError): string {
  // By these words clients of this family know that they have to shorten the conversation.
  if (code === 'context_length_exceeded') return `prompt is too long: ${message}`;
  if (param === null) return message;
  return code === 'missing_required_parameter' ? `${param}: Field required` : `${param}: ${message}`;
}

/** The client's tool runner asks for a conversation kept by the server; told so, it sends the whole of it each time. */
function anthropicDetails({ code, param }: WireError): object {
  if (code !== 'unsupported_parameter' || param !== 'thread') return {};
  return { details: { error_code: 'thread_unsupported_request', unsupported: ['thread'] } };
}

function specOf(code: string): ErrorSpec | undefined {
  return Object.hasOwn(errorCodes, code) ? errorCodes[code as ErrorCode] : undefined; // hasOwn proves the key
}

/** By the table, or by status for a code that a model made up. */
function typesOf({ code, status }: WireError): { readonly openai: string; readonly anthropic: string } {
  const known = specOf(code);
  if (known !== undefined) return { openai: known.openaiType, anthropic: known.anthropicType };
  if (status === 429) return { openai: 'rate_limit_error', anthropic: 'rate_limit_error' };
  if (status >= 500) return { openai: 'server_error', anthropic: serverTypes.get(status) ?? 'api_error' };
  return { openai: 'invalid_request_error', anthropic: clientTypes.get(status) ?? 'invalid_request_error' };
}

const serverTypes = new Map([
  [503, 'overloaded_error'],
  [504, 'timeout_error'],
  [529, 'overloaded_error'],
]);

const clientTypes = new Map([
  [401, 'authentication_error'],
  [403, 'permission_error'],
  [404, 'not_found_error'],
  [413, 'request_too_large'],
]);
