// Errors as answers: status, headers and the envelope of the path's family.

import type { FastifyReply, FastifyRequest } from 'fastify';
import { InferenceError, toRecord, type ErrorRecord } from '../core/errors.ts';
import type { Logger } from '../contract/model.ts';
import { errorBody, isFinal } from '../dialects/error-body.ts';
import { familyOf, MethodNotAllowed } from './not-found.ts';
import type { RequestContext } from './request-context.ts';
import { logFailure } from './request-log.ts';

/** Answers a failed request. A client that left gets nothing; its connection is closed. */
export function replyWithError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  context: RequestContext,
  logger: Logger,
): void {
  const record = recordOf(error);
  context.status = record.status;
  context.code = record.code;
  if (context.life.clientLeft) {
    reply.hijack();
    reply.raw.destroy();
    return;
  }
  logFailure(logger, context.id, record);
  if (record.retryAfterMs !== undefined) {
    reply.header('retry-after', String(Math.max(1, Math.ceil(record.retryAfterMs / 1000))));
    reply.header('retry-after-ms', String(Math.ceil(record.retryAfterMs)));
  }
  if (isFinal(record)) reply.header('x-should-retry', 'false');
  if (record.status === 401) reply.header('www-authenticate', 'Bearer');
  // What is left of the body is not worth receiving.
  if (record.status === 413) reply.header('connection', 'close');
  if (error instanceof MethodNotAllowed) reply.header('allow', error.allow);
  const body = errorBody(familyOf(pathOf(request.url)), record, context.id);
  reply.code(record.status).type('application/json; charset=utf-8').send(JSON.stringify(body));
}

/** The path of a URL, decoded where that is possible. */
export function pathOf(url: string): string {
  const raw = url.split('?', 1)[0] ?? url;
  try {
    return decodeURIComponent(raw);
  } catch {
    return raw;
  }
}

/** Fastify's own errors in our codes. Their messages may quote the request, so they are not passed on. */
function recordOf(error: unknown): ErrorRecord {
  if (error instanceof InferenceError || !(error instanceof Error) || !('code' in error) || typeof error.code !== 'string')
    return toRecord(error);
  if (!error.code.startsWith('FST_')) return toRecord(error);
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return toRecord(new InferenceError('request_too_large', 'expected a smaller body'));
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_ERR_CTP_INVALID_TYPE':
    case 'FST_ERR_CTP_EMPTY_TYPE':
      return toRecord(new InferenceError('unsupported_media_type', 'expected content-type application/json'));
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return toRecord(new InferenceError('invalid_json', 'expected a body as long as its content-length'));
    case 'FST_ERR_NOT_FOUND':
      return toRecord(new InferenceError('unknown_url', 'expected a path of this server, got an unknown one'));
    case 'FST_ERR_BAD_URL':
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return toRecord(new InferenceError('unknown_url', 'expected a path of this server, got one that cannot be decoded'));
    default:
      return toRecord(error);
  }
}
