// A call of a model's method: from a parsed request to its admission, and back to the writer.

import type { FastifyReply, FastifyRequest } from 'fastify';
import { InferenceError } from '../core/errors.ts';
import type { MethodName } from '../contract/methods.ts';
import { dialectFor } from '../dialects/route-dialects.ts';
import { modelNamedBy } from '../runtime/call-model.ts';
import { isBackground } from '../runtime/kept-response.ts';
import type { Backend } from './backend.ts';
import type { ParsedBody } from './body.ts';
import { callHeader, modelHeaders } from './call-headers.ts';
import { pathOf } from './error-reply.ts';
import { ReplyWriter, type WriterOptions } from './reply-writer.ts';
import type { RequestContext } from './request-context.ts';

export interface CallTarget {
  readonly method: MethodName;
  /** The name in the path, if there is one. */
  readonly model: string | undefined;
}

/**
 * Runs a call and writes its answer. `refuse` gets the error of a call that has not begun to answer.
 * Throws: what the dialect or the headers refuse.
 */
export function handleCall(
  backend: Backend,
  target: CallTarget,
  request: FastifyRequest,
  reply: FastifyReply,
  context: RequestContext,
  options: WriterOptions,
  refuse: (error: unknown) => void,
): void {
  const { method } = target;
  const parsed = request.body as ParsedBody | null | undefined; // what our parser made of it
  const value = checked(method, parsed);
  const model = target.model ?? askedModel(method, value, request);
  // Its own name, never the client's text: a name that nobody has could hold anything.
  context.model = model === undefined ? undefined : backend.model(model)?.name;
  const limitMs = backend.timeoutMs(method, model);
  const timeoutMs = Math.min(limitMs, callHeader(request.headers, 'x-heddle-timeout-ms', 1, Number.MAX_SAFE_INTEGER) ?? limitMs);
  const priority = callHeader(request.headers, 'x-heddle-priority', 0, 9) ?? 0;
  const { life } = context;
  // A background response has its deadline itself, and tells of it.
  if (!isBackground(method, value)) life.startDeadline(timeoutMs);
  const writer = new ReplyWriter(reply, method, context, options, refuse);
  if (life.signal.aborted) return;
  const facts = {
    id: context.id,
    httpMethod: request.method,
    path: pathOf(request.url),
    headers: modelHeaders(request.headers),
    deadlineMs: Math.max(0, timeoutMs - life.elapsedMs),
    priority,
    apiKeyName: context.apiKeyName,
    gather: method === 'predict' && request.headers.accept === 'application/json',
  };
  backend
    .submit({
      method,
      model,
      body: value,
      bytes: parsed?.bytes,
      bodyKind: parsed?.kind ?? 'json',
      facts,
      signal: life.signal,
      observer: writer,
    })
    .then((running) => writer.attach(running))
    .catch((error: unknown) => writer.fail(error, false));
}

/** The body of `predict` is the model's own; every other one has the schema of its route. */
function checked(method: MethodName, parsed: ParsedBody | null | undefined): unknown {
  if (method === 'predict') return parsed?.value;
  if (parsed === undefined || parsed === null) throw new InferenceError('invalid_json', 'expected a JSON body, got none');
  return dialectFor(method).check(parsed.value);
}

function askedModel(method: MethodName, body: unknown, request: FastifyRequest): string | undefined {
  if (method !== 'predict') return modelNamedBy(method, body);
  const header = request.headers['x-heddle-model'];
  return typeof header === 'string' ? header : undefined;
}
