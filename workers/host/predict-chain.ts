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
  let streaming = false;
  try {
    const output = await predict(input, request);
    if (isIterator(output)) {
      streaming = true;
      const stream = holding(output, giveBack);
      return postprocess === undefined ? stream : await postprocess(stream, request);
    }
    giveBack();
    request.throwIfCancelled();
    return postprocess === undefined ? output : await postprocess(output, request);
  } finally {
    if (!streaming) giveBack();
  }
}

function isIterator(value: unknown): value is AsyncIterable<unknown> | Iterable<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  return (Symbol.asyncIterator in value || Symbol.iterator in value) && 'next' in value;
}

async function* holding(items: AsyncIterable<unknown> | Iterable<unknown>, giveBack: () => void): AsyncGenerator<unknown> {
  try {
    yield* items;
  } finally {
    giveBack();
  }
}
