// What the server knows of one request beside Fastify's own objects: ids, life, key and the facts of its log line.

import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../core/clock.ts';
import { echoableId, newRequestId } from '../core/ids.ts';
import type { CallUsage } from '../contract/thread.ts';
import type { MethodName } from '../contract/methods.ts';
import { RequestLife } from './disconnect.ts';

export interface RequestContext {
  readonly id: string;
  readonly life: RequestLife;
  apiKeyName: string | null;
  /** Filled in as it becomes known, for the log line. */
  method: MethodName | undefined;
  model: string | undefined;
  status: number;
  code: string | undefined;
  queueMs: number | undefined;
  firstByteMs: number | undefined;
  usage: CallUsage | undefined;
}

/** The context of every request in flight. Weak, so that nothing has to be removed. */
export class RequestContexts {
  readonly #contexts = new WeakMap<FastifyRequest, RequestContext>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  open(request: FastifyRequest, reply: FastifyReply): RequestContext {
    const context: RequestContext = {
      id: givenId(request, 'x-request-id') ?? givenId(request, 'x-client-request-id') ?? newRequestId(),
      life: new RequestLife(request.raw, reply.raw, this.#clock),
      apiKeyName: null,
      method: undefined,
      model: undefined,
      status: 0,
      code: undefined,
      queueMs: undefined,
      firstByteMs: undefined,
      usage: undefined,
    };
    this.#contexts.set(request, context);
    // Both names: the OpenAI clients read the first, the Anthropic clients the second.
    reply.header('x-request-id', context.id);
    reply.header('request-id', context.id);
    return context;
  }

  /** Opens one where Fastify failed before its first hook. */
  of(request: FastifyRequest, reply: FastifyReply): RequestContext {
    return this.#contexts.get(request) ?? this.open(request, reply);
  }
}

/** What a proxy or, under the second name, the client itself calls the request. */
function givenId({ headers }: FastifyRequest, name: string): string | undefined {
  const given = headers[name];
  return echoableId(typeof given === 'string' ? given : undefined);
}
