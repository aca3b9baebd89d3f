// The event stream of `POST /v1/responses`. Official clients fail when an item or part event is skipped.

import { type Frame, type FrameContext, FramedError } from '../../contract/dialect.ts';
import type { GenerationEvent } from '../../contract/generation.ts';
import type { ResponseFacts } from '../../contract/thread.ts';
import { fromRecord, toRecord } from '../../core/errors.ts';
import { newId } from '../../core/ids.ts';
import { errorFrame, wireCode } from '../error-body.ts';
import { GenerationTally } from '../generation-events.ts';
import type { FrameStream } from '../items.ts';
import { doneFrame, eventFrame } from '../sse.ts';
import { messageItem, responseObject, type ResponseState, statusOf, textPart } from './response-object.ts';

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
  const itemId = newId('msg');
  let sequence = 0;
  let text = '';
  let opened = false;
  const send = (type: string, fields: object): Frame => eventFrame(type, JSON.stringify({ type, sequence_number: sequence++, ...fields }));
  const response = (state: Omit<ResponseState, 'id'>) => ({ response: responseObject({ id, ...state }, context) });
  const place = { item_id: itemId, output_index: 0, content_index: 0 };
  const opening = (): readonly Frame[] => {
    opened = true;
    return [
      send('response.output_item.added', { output_index: 0, item: messageItem(itemId, 'in_progress', []) }),
      send('response.content_part.added', { ...place, part: textPart('') }),
    ];
  };
  try {
    const begin = response({ status: 'in_progress', output: [], usage: undefined });
    yield send('response.created', begin);
    yield send('response.in_progress', begin);
    for await (const event of events) {
      const delta = tally.take(event);
      if (delta === '') continue;
      if (!opened) yield* opening();
      text += delta;
      yield send('response.output_text.delta', { ...place, delta, logprobs: [] });
    }
    const end = tally.end();
    if (!opened) yield* opening();
    const status = statusOf(end.reason);
    const item = messageItem(itemId, status, [textPart(text)]);
    yield send('response.output_text.done', { ...place, text, logprobs: [] });
    yield send('response.content_part.done', { ...place, part: textPart(text) });
    yield send('response.output_item.done', { output_index: 0, item });
    yield send(`response.${status}`, response({ status, output: [item], usage: end.usage }));
    yield doneFrame();
    return end.usage;
  } catch (thrown) {
    const error = toRecord(thrown);
    yield { bytes: errorFrame('responses', error, context.requestId, sequence++), events: 1 };
    const output = opened ? [messageItem(itemId, 'incomplete', [textPart(text)])] : [];
    // Unlike that of an error, the code of a response is never null.
    const failure = { code: wireCode(error) ?? 'server_error', message: error.message };
    yield send('response.failed', response({ status: 'failed', output, usage: tally.usage, error: failure }));
    throw new FramedError(fromRecord(error));
  }
}
