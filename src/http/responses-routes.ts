// Stored responses: fetched, replayed, listed by their input, cancelled, deleted.

import type { FastifyReply, FastifyRequest } from 'fastify';
import { InferenceError } from '../core/errors.ts';
import { describeWord } from '../dialects/check.ts';
import { followLog } from '../runtime/follow-log.ts';
import { inputItems } from '../runtime/response-context.ts';
import type { StoredResponse } from '../runtime/response-store.ts';
import type { StoredResponses } from '../runtime/stored-responses.ts';
import type { ResponseTarget, Target } from './paths.ts';
import { ReplyWriter, type WriterOptions } from './reply-writer.ts';
import type { RequestContext } from './request-context.ts';

export function isResponseTarget(target: Target): target is ResponseTarget {
  return target.kind === 'response' || target.kind === 'responseItems' || target.kind === 'responseCancel';
}

/** What a replay needs to be written as every stream. */
export interface ReplayWriting {
  readonly context: RequestContext;
  readonly options: WriterOptions;
  /** Gets the error of a stream that has not begun. */
  readonly refuse: (error: unknown) => void;
}

/**
 * Throws: response_not_found, also for what another key stored; invalid_value for what the query asks, or for the cancel of what is no
 * background response; unsupported_value for what has no events.
 */
export function sendResponse(
  responses: StoredResponses | undefined,
  { kind, id }: ResponseTarget,
  request: FastifyRequest,
  reply: FastifyReply,
  writing: ReplayWriting,
): void {
  if (responses === undefined)
    throw new InferenceError('response_not_found', 'expected the id of a stored response, and nothing is stored here');
  const owner = writing.context.apiKeyName ?? '';
  const query = request.query as Query; // what Fastify's parser makes of any query
  if (kind === 'responseItems') reply.send(itemsPage(responses.get(owner, id), query));
  else if (kind === 'responseCancel') sendObject(responses.cancel(owner, id), reply);
  else if (request.method === 'DELETE') {
    responses.delete(owner, id);
    reply.send({ id, object: 'response', deleted: true });
  } else {
    const stored = responses.get(owner, id);
    // A stream has no length to tell, and may not end for long.
    if (asksForStream(query) && request.method !== 'HEAD') replay(responses, owner, id, query, reply, writing);
    else sendObject(stored, reply);
  }
}

type Query = Readonly<Record<string, string | string[] | undefined>>;

function sendObject({ response }: StoredResponse, reply: FastifyReply): void {
  reply.header('content-type', 'application/json; charset=utf-8').send(Buffer.from(response));
}

function asksForStream({ stream = 'false', starting_after: after }: Query): boolean {
  if (stream !== 'true' && stream !== 'false')
    throw new InferenceError('invalid_value', `expected stream to be true or false, got ${describeWord(stream)}`, { param: 'stream' });
  if (stream === 'false' && after !== undefined) throw startingAfter('expected starting_after to be absent without stream=true');
  return stream === 'true';
}

function replay(responses: StoredResponses, owner: string, id: string, query: Query, reply: FastifyReply, writing: ReplayWriting): void {
  const log = responses.events(owner, id);
  const from = firstEvent(query, log.length);
  const { context, options, refuse } = writing;
  const writer = new ReplyWriter(reply, 'responses', context, { ...options, firstEvent: from }, refuse);
  writer.attach(followLog(log, writer, { from, signal: context.life.signal, requestId: context.id }));
}

function firstEvent({ starting_after: after }: Query, length: number): number {
  if (after === undefined) return 0;
  if (typeof after === 'string' && /^\d{1,15}$/.test(after) && Number(after) < length) return Number(after) + 1;
  // A reader from beyond what there is would miss what comes before its number, the end itself perhaps.
  const expected = length === 0 ? 'absent, since there is no event yet' : `the sequence number of an event, up to ${length - 1} now`;
  throw startingAfter(`expected starting_after to be ${expected}, got ${describeWord(after)}`);
}

function startingAfter(message: string): InferenceError {
  return new InferenceError('invalid_value', message, { param: 'starting_after' });
}

function itemsPage(stored: StoredResponse, query: Query): object {
  const { limit: askedLimit = '20', order = 'desc', after } = query;
  const limit = Number(askedLimit);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100)
    throw new InferenceError('invalid_value', `expected limit to be an integer from 1 to 100, got ${describeWord(askedLimit)}`, {
      param: 'limit',
    });
  if (order !== 'asc' && order !== 'desc')
    throw new InferenceError('invalid_value', `expected order to be "asc" or "desc", got ${describeWord(order)}`, { param: 'order' });
  const items = [...inputItems(stored)];
  if (order === 'desc') items.reverse();
  const from = after === undefined ? 0 : items.findIndex((item) => item['id'] === after) + 1;
  if (after !== undefined && from === 0)
    throw new InferenceError('invalid_value', 'expected after to be the id of an input item, got another', { param: 'after' });
  const data = items.slice(from, from + limit);
  return {
    object: 'list',
    data,
    first_id: data[0]?.['id'] ?? null,
    last_id: data.at(-1)?.['id'] ?? null,
    has_more: from + limit < items.length,
  };
}
