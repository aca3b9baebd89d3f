// A call of `responses` on its way through the store: its context put into the body, its final object kept.

import type { MethodName } from '../contract/methods.ts';
import type { CallUsage, ReplyHead } from '../contract/thread.ts';
import { InferenceError } from '../core/errors.ts';
import { type Json, recordOf } from '../dialects/adapters/record-of.ts';
import { utf8 } from '../dialects/sse.ts';
import { isTooDeep, parsedObject } from './answer-json.ts';
import { usableStatuses, isUsable } from './final-status.ts';
import { responseContext } from './response-context.ts';
import type { ResponseStore } from './response-store.ts';
import type { Submission, SubmissionObserver } from './submission.ts';

/** A submission of `responses` with its context found. */
export interface PreparedResponse {
  /** As the model gets it. */
  readonly submission: Submission;
  readonly owner: string;
  /** The list of its input items, as JSON. Undefined: the response is not kept. */
  readonly input: Uint8Array | undefined;
}

/** Whether the call goes on without its client, whose answer then is where to find it. */
export function isBackground(method: MethodName, body: unknown): boolean {
  return method === 'responses' && recordOf(body)?.['background'] === true;
}

/**
 * Puts the context into the body and takes out what is not the model's business. `store` undefined: nothing is kept.
 * Throws: previous_response_not_found; invalid_value for a previous response without an end or for a reference to nothing;
 * unsupported_value and invalid_value for the background without a store.
 */
export function prepareResponse(store: ResponseStore | undefined, submission: Submission): PreparedResponse {
  const { background, ...rest } = submission.body as Json; // an object, by the check of the route
  // A neutral value is passed on as it came, so that the bytes need not be written anew.
  const body = background === true ? rest : (submission.body as Json);
  const owner = submission.facts.apiKeyName ?? '';
  const keeps = store !== undefined && body['store'] !== false;
  if (background === true && !keeps) throw withoutStore(store);
  const { items, isExpanded } = responseContext(store, owner, body);
  const expanded = isExpanded ? { ...body, input: items } : body;
  const told = keeps || body['store'] === false ? expanded : { ...expanded, store: false };
  const bytes = told === submission.body ? submission.bytes : new TextEncoder().encode(JSON.stringify(told));
  return { submission: { ...submission, body: told, bytes }, owner, input: keeps ? utf8(JSON.stringify(items)) : undefined };
}

/** The submission as the model gets it, whose response is kept when it is there. Throws: as {@link prepareResponse}. */
export function withStore(store: ResponseStore | undefined, submission: Submission): Submission {
  const { submission: prepared, owner, input } = prepareResponse(store, submission);
  if (store === undefined || input === undefined) return prepared;
  const observer = new KeepingObserver(submission.observer, (id, response) => store.keep(owner, { id, response, input }));
  return { ...prepared, observer };
}

/**
 * The submission with its context alone, for routes that read the same body and answer with no response.
 * Throws: as {@link prepareResponse}.
 */
export function withContext(store: ResponseStore | undefined, submission: Submission): Submission {
  const body = submission.body as Json; // as above
  if (body['background'] === true && (store === undefined || body['store'] === false)) throw withoutStore(store);
  const { items, isExpanded } = responseContext(store, submission.facts.apiKeyName ?? '', body);
  if (!isExpanded) return submission;
  const told = { ...body, input: items };
  return { ...submission, body: told, bytes: new TextEncoder().encode(JSON.stringify(told)) };
}

function withoutStore(store: ResponseStore | undefined): InferenceError {
  const param = 'background';
  return store === undefined
    ? new InferenceError('unsupported_value', 'expected background to be false or absent, since this server stores no responses', { param })
    : new InferenceError('invalid_value', 'expected background to be false or absent where store is false', { param });
}

const finals = usableStatuses.map((status) => Buffer.from(`event: response.${status}\ndata: `));

/** Keeps the final object before the client has it, since a quick client builds upon it at once. */
class KeepingObserver implements SubmissionObserver {
  readonly #observer: SubmissionObserver;
  readonly #keep: (id: string, response: Uint8Array) => void;
  #head: ReplyHead | undefined;

  constructor(observer: SubmissionObserver, keep: (id: string, response: Uint8Array) => void) {
    this.#observer = observer;
    this.#keep = keep;
  }

  queued(): void {
    this.#observer.queued?.();
  }

  started(model: string, queueMs: number): void {
    this.#observer.started?.(model, queueMs);
  }

  head(head: ReplyHead): void {
    this.#head = head;
    this.#observer.head(head);
  }

  chunk(bytes: Uint8Array, events: number): void {
    const json = this.#head === undefined ? undefined : finalOf(this.#head, bytes);
    const final = json === undefined ? undefined : keepable(json);
    if (final !== undefined) this.#keep(final.id, utf8(final.json));
    this.#observer.chunk(bytes, events);
  }

  end(usage: CallUsage | undefined): void {
    this.#observer.end(usage);
  }

  fail(error: InferenceError, framed: boolean): void {
    this.#observer.fail(error, framed);
  }
}

/** The JSON of a reply in one piece, or of the event that ends a stream. No JSON has a line break, so the event is told by its first line. */
function finalOf({ shape, status }: ReplyHead, bytes: Uint8Array): string | undefined {
  if (status !== 200 || shape === 'raw') return undefined;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (shape === 'whole') return buffer.toString();
  for (const mark of finals) {
    const at = buffer.indexOf(mark);
    if (at < 0) continue;
    const end = buffer.indexOf('\n', at + mark.length);
    return buffer.toString('utf8', at + mark.length, end < 0 ? buffer.length : end);
  }
  return undefined;
}

interface Final {
  readonly id: string;
  readonly json: string;
}

// As the framer writes the last event: what it holds is cut out instead of being written anew.
const lastEvent = /^\{"type":"response\.[a-z]+","sequence_number":\d+,"response":(\{.*\})\}$/;

/** A class may answer with an object of its own; what is none of a finished response is not kept. */
function keepable(json: string): Final | undefined {
  const inner = lastEvent.exec(json)?.[1];
  // Of an event with further members the cut is no JSON, and the whole is read.
  return (inner === undefined ? undefined : finished(inner)) ?? finished(json);
}

function finished(json: string): Final | undefined {
  const value = parsedObject(json);
  const found = value !== undefined && 'response' in value ? recordOf(value['response']) : value;
  if (found === undefined) return undefined;
  const { id, status, output } = found;
  if (!isUsable(status) || typeof id !== 'string' || !Array.isArray(output) || isTooDeep(json)) return undefined;
  return { id, json: found === value ? json : JSON.stringify(found) };
}
