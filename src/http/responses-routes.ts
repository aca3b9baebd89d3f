// Stored responses: fetched, listed by their input, deleted. Cancelling is for those that run in the background, which none does.

import type { FastifyReply, FastifyRequest } from 'fastify';
import { InferenceError } from '../core/errors.ts';
import { inputItems } from '../runtime/response-context.ts';
import type { ResponseStore, StoredResponse } from '../runtime/response-store.ts';
import type { ResponseTarget, Target } from './paths.ts';

export function isResponseTarget(target: Target): target is ResponseTarget {
  return target.kind === 'response' || target.kind === 'responseItems' || target.kind === 'responseCancel';
}

/** Throws: response_not_found, also for what another key stored; invalid_value for what the query asks. */
export function sendResponse(
  store: ResponseStore | undefined,
  keyName: string | null,
  { kind, id }: ResponseTarget,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const owner = keyName ?? '';
  const stored = store?.get(owner, id);
  if (stored === undefined) throw new InferenceError('response_not_found', 'expected the id of a stored response, got an unknown one');
  const query = request.query as Query; // what Fastify's parser makes of any query
  if (kind === 'responseCancel')
    throw new InferenceError('invalid_value', 'expected a response that runs in the background, got one that does not', { param: 'id' });
  if (kind === 'responseItems') reply.send(itemsPage(stored, query));
  else if (request.method === 'DELETE') {
    store?.delete(owner, id);
    reply.send({ id, object: 'response', deleted: true });
  } else {
    if (query['stream'] === 'true') {
      const message = 'expected stream to be false or absent, since only responses of the background are replayed';
      throw new InferenceError('unsupported_value', message, { param: 'stream' });
    }
    reply.header('content-type', 'application/json; charset=utf-8').send(Buffer.from(stored.response));
  }
}

type Query = Readonly<Record<string, string | string[] | undefined>>;

function itemsPage(stored: StoredResponse, query: Query): object {
  const { limit: askedLimit = '20', order = 'desc', after } = query;
  const limit = Number(askedLimit);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100)
    throw new InferenceError('invalid_value', 'expected limit to be an integer from 1 to 100', { param: 'limit' });
  if (order !== 'asc' && order !== 'desc')
    throw new InferenceError('invalid_value', 'expected order to be "asc" or "desc"', { param: 'order' });
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
