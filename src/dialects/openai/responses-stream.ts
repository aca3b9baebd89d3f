// The event stream of `POST /v1/responses`. Official clients fail when an item or part event is skipped.

import { type Frame, type FrameContext, FramedError } from '../../contract/dialect.ts';
import type { GenerationEvent } from '../../contract/generation.ts';
import type { ResponseFacts } from '../../contract/thread.ts';
import { fromRecord, toRecord } from '../../core/errors.ts';
import { newId } from '../../core/ids.ts';
import { errorFrame, responseError } from '../error-body.ts';
import { GenerationTally } from '../generation-events.ts';
import type { FrameStream } from '../items.ts';
import { doneFrame, eventFrame } from '../sse.ts';
import { responseObject, type ResponseState, statusOf } from './response-object.ts';
import { ResponseOutput } from './response-output.ts';

/** What a stream of the context is known by from its first event on. */
export function responseFacts({ model, created }: FrameContext): ResponseFacts {
  return { id: newId('resp'), model, created };
}

/** Throws: FramedError after `error` and `response.failed` are written, since the iterators of clients throw only for the former. */
export async function* responseFrames(
  events: AsyncIterable<GenerationEvent>,
  context: FrameContext,
  { id } = responseFacts(context),
): FrameStream {
  const tally = new GenerationTally('responses');
  const output = new ResponseOutput(context.body);
  let sequence = 0;
  const send = ({ type, ...fields }: { readonly type: string }): Frame =>
    eventFrame(type, JSON.stringify({ type, sequence_number: sequence++, ...fields }));
  const response = (type: string, state: Omit<ResponseState, 'id'>): Frame =>
    send({ type: `response.${type}`, ...{ response: responseObject({ id, ...state }, context) } });
  try {
    const begin = { status: 'in_progress', output: [], usage: undefined } as const;
    yield response('created', begin);
    yield response('in_progress', begin);
    for await (const event of events) {
      tally.take(event);
      for (const told of output.take(event)) yield send(told);
    }
    const { reason, usage } = tally.end();
    const status = statusOf(reason);
    for (const told of output.end(status)) yield send(told);
    yield response(status, { status, output: output.items, usage });
    yield doneFrame();
    return usage;
  } catch (thrown) {
    const error = toRecord(thrown);
    yield { bytes: errorFrame('responses', error, context.requestId, sequence++), events: 1 };
    // Unlike that of an error, the code of a response is never null.
    const failure = responseError(error);
    yield response('failed', { status: 'failed', output: output.items, usage: tally.usage, error: failure });
    throw new FramedError(fromRecord(error));
  }
}
