// preprocess → predict → postprocess. Only predict holds a permit; a stream keeps it until its producer ends.

import { InferenceError } from '../../src/core/errors.ts';
import type { ModelRequest } from '../../src/contract/model.ts';
import type { InspectedModel } from './inspect-model.ts';
import type { Permits } from './permits.ts';

export async function predictChain(inspected: InspectedModel, permits: Permits, body: unknown, request: ModelRequest): Promise<unknown> {
  const predict = inspected.methods.get('predict');
  if (predict === undefined) throw new InferenceError('model_not_found', 'the model has no predict', { param: 'model' });
  const preprocess = inspected.member('preprocess');
  const postprocess = inspected.member('postprocess');
  const input = preprocess === undefined ? body : await preprocess(body, request);
  request.throwIfCancelled();
  const giveBack = await permits.take(request.signal);
  let output: unknown;
  let streaming = false;
  try {
    // The permit may have come in the same turn as the cancellation, whose message the thread has not read yet.
    request.throwIfCancelled();
    output = await predict(input, request);
    if (!isStream(output)) {
      giveBack();
      request.throwIfCancelled();
      return postprocess === undefined ? output : await postprocess(output, request);
    }
    const stream = await held(output, giveBack);
    const result = postprocess === undefined ? stream : await postprocess(stream, request);
    streaming = isStream(result);
    // What postprocess makes of the stream may end without having touched it.
    return result === stream || !isStream(result) ? result : await held(result, giveBack);
  } finally {
    if (!streaming) {
      giveBack();
      if (isStream(output)) await stop(output);
    }
  }
}

type Stream = AsyncIterable<unknown> | Iterable<unknown>;

/** What is sent item by item: every async iterable, and what a generator function returns. Other iterables are data. */
function isStream(value: unknown): value is Stream {
  if (typeof value !== 'object' || value === null) return false;
  return Symbol.asyncIterator in value || (Symbol.iterator in value && 'next' in value);
}

/** Runs the `finally` of a generator that nobody reads to its end; a no-op for one that has ended. */
async function stop(stream: Stream): Promise<void> {
  if ('return' in stream && typeof stream.return === 'function') await stream.return();
}

/** The items, with the permit until they end. Stopping them gives it back at any moment, also before the first one. */
async function held(items: Stream, giveBack: () => void): Promise<AsyncGenerator<unknown>> {
  const stream = holding(items, giveBack);
  await stream.next(); // Runs to the priming yield: `return()` of a generator that never started would skip its `finally`.
  return stream;
}

async function* holding(items: Stream, giveBack: () => void): AsyncGenerator<unknown> {
  let started = false;
  try {
    yield undefined;
    started = true;
    yield* items;
  } finally {
    try {
      if (!started) await stop(items);
    } finally {
      giveBack();
    }
  }
}
