// The objects and events of a background response: all are made of the object it was queued with, whatever the model wrote.

import type { ErrorRecord } from '../core/errors.ts';
import { type Json, recordOf } from '../dialects/adapters/record-of.ts';
import { responseError } from '../dialects/error-body.ts';
import { dataFrame, eventFrame } from '../dialects/sse.ts';
import type { FinalStatus } from './final-status.ts';

export type QueuedObject = Json & { readonly id: string };

/** The events before those of the model. */
export interface Beginning {
  readonly queued: readonly Uint8Array[];
  readonly inProgress: Uint8Array;
}

/** Why it failed, as the log tells it. */
export interface Failure {
  readonly code: string;
  /** Of a failure of the server's side alone. */
  readonly stack?: string;
}

export function beginningOf(queued: QueuedObject): Beginning {
  const frame = (type: string, status: string, number: number) => numbered({ type, response: { ...queued, status } }, number);
  return {
    queued: [frame('response.created', 'queued', 0), frame('response.queued', 'queued', 1)],
    inProgress: frame('response.in_progress', 'in_progress', 2),
  };
}

/** The frame of an event. Throws: RangeError where it is too deep to be written. */
export function numbered(event: Json, number: number): Uint8Array {
  const { type } = event;
  const json = JSON.stringify({ ...event, sequence_number: number });
  // A name with a line break would be two lines of the stream.
  return (typeof type === 'string' && /^[\w.-]+$/.test(type) ? eventFrame(type, json) : dataFrame(json)).bytes;
}

/** The id is known to the client already, and whether it runs in the background is not the model's business. */
export function ownedObject(queued: QueuedObject, told: Json, status: FinalStatus): Json {
  const { id, created_at, model } = queued;
  const error = recordOf(told['error']);
  const ownError = status !== 'failed' || error === undefined ? {} : { error: { ...error, code: shownCode(error['code']) } };
  return { ...told, ...ownError, id, object: 'response', created_at, model: told['model'] ?? model, status, background: true, store: true };
}

export function failedObject(queued: QueuedObject, record: ErrorRecord): Json {
  const error = responseError(record);
  return { ...queued, status: 'failed', error };
}

/** An event as the model wrote it, but for a code that is none. */
export function ownedEvent(event: Json): Json {
  if (event['type'] !== 'error') return event;
  const error = recordOf(event['error']);
  return { ...withOwnCode(event), ...(error === undefined ? {} : { error: withOwnCode(error) }) };
}

/** Of an event it may be null, or not be there. */
function withOwnCode(told: Json): Json {
  const { code = null } = told;
  return code === null ? told : { ...told, code: shownCode(code) };
}

/** Of a model that told of its failure by its last event. */
export function toldFailure(told: Json): Failure {
  return { code: codeOf(recordOf(told['error'])?.['code']) ?? 'internal_error' };
}

export function failureOf({ code, status, stack }: ErrorRecord): Failure {
  return status >= 500 && stack !== undefined ? { code, stack } : { code };
}

function shownCode(told: unknown): string {
  return codeOf(told) ?? 'server_error';
}

/** A model may pass on what another server wrote, and that may be text of a user, which no log may have. */
function codeOf(told: unknown): string | undefined {
  return typeof told === 'string' && /^[\w.-]{1,64}$/.test(told) ? told : undefined;
}
