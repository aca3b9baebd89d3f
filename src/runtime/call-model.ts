// A call from a program instead of a socket: a body in, a web Response out.

import { type CancelReason, cancelError } from '../core/cancellation.ts';
import type { Clock } from '../core/clock.ts';
import { InferenceError } from '../core/errors.ts';
import { newRequestId } from '../core/ids.ts';
import type { RunningCall } from '../contract/executor.ts';
import { type MethodName, methods } from '../contract/methods.ts';
import { dialectFor } from '../dialects/route-dialects.ts';
import { isBackground } from './kept-response.ts';
import type { Submission } from './submission.ts';
import { WebReply } from './web-reply.ts';

export interface CallOptions {
  /** Name or alias. Default: the body's `model`, or the only model that has the method. */
  readonly model?: string;
  /** Stops the call, wherever it is; the promise or the body then fails with the signal's reason. */
  readonly signal?: AbortSignal;
  /** At least 1. Default and upper bound: `timeout_ms` of the model. */
  readonly timeoutMs?: number;
  /** An integer from 0 to 9, higher first. Default 0. */
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
  const { signal } = options;
  signal?.throwIfAborted();
  checkNumbers(options);
  // Before anything is armed that a throw would leave behind.
  const encoded = encode(method, body);
  const value = method === 'predict' ? encoded.value : dialectFor(method).check(body);
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
  // A background response has its deadline itself, and tells of it.
  const deadline = isBackground(method, value) ? undefined : callee.clock.after(timeoutMs, () => cancel('deadline'));
  const reply = new WebReply({
    onLeave: () => cancel('disconnect'),
    onSettled: () => {
      deadline?.cancel();
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
    priority: options.priority ?? 0,
    apiKeyName: null,
    gather: false,
  };
  const { bytes, bodyKind } = encoded;
  callee
    .submit({ method, model, body: value, bytes, bodyKind, facts, signal: own.signal, observer: reply })
    .then((running) => reply.attach(running))
    .catch((error: unknown) => reply.failWith(error));
  return reply.response;
}

/** As the same headers are checked over HTTP. */
function checkNumbers({ priority = 0, timeoutMs = 1 }: CallOptions): void {
  if (!Number.isInteger(priority) || priority < 0 || priority > 9)
    throw new InferenceError('invalid_value', 'expected an integer from 0 to 9 in priority', { param: 'priority' });
  if (typeof timeoutMs !== 'number' || !(timeoutMs >= 1))
    throw new InferenceError('invalid_value', 'expected at least 1 in timeoutMs', { param: 'timeoutMs' });
}

/** The body as it crosses to the model. `value` is for the model's own schema; bytes have none. */
function encode(method: MethodName, body: unknown): Pick<Submission, 'bytes' | 'bodyKind'> & { readonly value: unknown } {
  if (body === undefined) return { value: undefined, bytes: undefined, bodyKind: 'json' };
  // A copy: what is submitted is transferred to another thread, and these bytes are the caller's.
  if (method === 'predict' && body instanceof Uint8Array) return { value: undefined, bytes: new Uint8Array(body), bodyKind: 'bytes' };
  return { value: body, bytes: new TextEncoder().encode(toJson(body)), bodyKind: 'json' };
}

function toJson(body: unknown): string {
  let json: string | undefined; // which it is for a function or a symbol, whatever its type says
  try {
    json = JSON.stringify(body);
  } catch (cause) {
    throw new InferenceError('invalid_json', 'expected a body that JSON can hold, got cycles, bigints or too deep a nesting', { cause });
  }
  if (json === undefined) throw new InferenceError('invalid_json', `expected a body that JSON can hold, got a ${typeof body}`);
  return json;
}

/** The model that the body of a route names. The body of `predict` is the model's own and names none. */
export function modelNamedBy(method: MethodName, body: unknown): string | undefined {
  if (method === 'predict' || typeof body !== 'object' || body === null || !('model' in body)) return undefined;
  return typeof body.model === 'string' ? body.model : undefined;
}
