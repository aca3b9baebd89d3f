// A call from a program instead of a socket: a body in, a web Response out.

import { type CancelReason, cancelError } from '../core/cancellation.ts';
import type { Clock } from '../core/clock.ts';
import { newRequestId } from '../core/ids.ts';
import type { RunningCall } from '../contract/executor.ts';
import { type MethodName, methods } from '../contract/methods.ts';
import { dialectFor } from '../dialects/route-dialects.ts';
import type { Submission } from './submission.ts';
import { WebReply } from './web-reply.ts';

export interface CallOptions {
  /** Name or alias. Default: the body's `model`, or the only model that has the method. */
  readonly model?: string;
  /** Stops the call, wherever it is; the promise or the body then fails with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Default and upper bound: `timeout_ms` of the model. */
  readonly timeoutMs?: number;
  /** 0 to 9, higher first. Default 0. */
  readonly priority?: number;
}

/** What a call needs of the runtime. */
export interface Callee {
  readonly clock: Clock;
  timeoutMs(method: MethodName, nameOrAlias: string | undefined): number;
  submit(submission: Submission): Promise<RunningCall>;
}

/** Throws: InferenceError of whatever keeps the call from answering; the reason of `options.signal`. */
export async function callModel(callee: Callee, method: MethodName, body: unknown, options: CallOptions): Promise<Response> {
  const { signal, priority = 0 } = options;
  signal?.throwIfAborted();
  const value = method === 'predict' ? body : dialectFor(method).check(body);
  const model = options.model ?? modelNamedBy(method, value);
  const limitMs = callee.timeoutMs(method, model);
  const timeoutMs = Math.min(options.timeoutMs ?? limitMs, limitMs);
  const own = new AbortController();
  const cancel = (reason: CancelReason): void => own.abort(cancelError(reason));
  const onAbort = (): void => {
    // First, or the call's own end would be told instead of the caller's reason.
    reply.failWith(signal?.reason);
    cancel('disconnect');
  };
  const deadline = callee.clock.after(timeoutMs, () => cancel('deadline'));
  const reply = new WebReply({
    onLeave: () => cancel('disconnect'),
    onSettled: () => {
      deadline.cancel();
      signal?.removeEventListener('abort', onAbort);
    },
  });
  signal?.addEventListener('abort', onAbort, { once: true });
  const facts = {
    id: newRequestId(),
    httpMethod: 'POST',
    path: methods[method].path,
    headers: {},
    deadlineMs: timeoutMs,
    priority,
    apiKeyName: null,
    gather: false,
  };
  const bytes = body === undefined ? undefined : new TextEncoder().encode(JSON.stringify(body));
  callee
    .submit({ method, model, body: value, bytes, bodyKind: 'json', facts, signal: own.signal, observer: reply })
    .then((running) => reply.attach(running))
    .catch((error: unknown) => reply.failWith(error));
  return reply.response;
}

/** The model that the body of a route names. The body of `predict` is the model's own and names none. */
export function modelNamedBy(method: MethodName, body: unknown): string | undefined {
  if (method === 'predict' || typeof body !== 'object' || body === null || !('model' in body)) return undefined;
  return typeof body.model === 'string' ? body.model : undefined;
}
