// `POST /v1/chat/completions`: replies whole and streamed.

import type { FrameContext, RouteDialect } from '../../contract/dialect.ts';
import type { GenerationEvent } from '../../contract/generation.ts';
import { newId } from '../../core/ids.ts';
import { frameGeneration, type GenerationRoute } from '../frame-generation.ts';
import { GenerationTally } from '../generation-events.ts';
import type { FrameStream } from '../items.ts';
import { dataFrame, doneFrame } from '../sse.ts';
import { chatSchema, checkChat } from './chat-request.ts';
import { openaiUsage, systemFingerprint, wantsUsage } from './usage.ts';

const route: GenerationRoute = {
  method: 'chatCompletions',
  namedEvents: false,
  doneAtEnd: true,
  whole: ({ text, reason, usage }, context) => ({
    ...envelope('chat.completion', context),
    choices: [{ index: 0, message: { role: 'assistant', content: text, refusal: null }, logprobs: null, finish_reason: reason }],
    usage: openaiUsage(usage),
  }),
  stream: chatFrames,
};

export const chatDialect: RouteDialect = {
  method: 'chatCompletions',
  family: 'openai',
  inputSchema: chatSchema,
  outputSchema: { type: 'object', required: ['id', 'object', 'created', 'model', 'choices', 'usage'] },
  check: checkChat,
  frame: (result, context) => frameGeneration(route, result, context),
};

async function* chatFrames(events: AsyncIterable<GenerationEvent>, context: FrameContext): FrameStream {
  const head = envelope('chat.completion.chunk', context);
  const withUsage = wantsUsage(context.body);
  const chunk = (delta: object, finish: string | null) =>
    dataFrame(
      JSON.stringify({
        ...head,
        choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
        ...(withUsage ? { usage: null } : {}),
      }),
    );
  const tally = new GenerationTally('chatCompletions');
  let begun = false;
  for await (const event of events) {
    const text = tally.take(event);
    // The role waits for the generation itself: the first usage only tells that the prompt was counted.
    if (!begun && event.type !== 'usage') {
      begun = true;
      yield chunk({ role: 'assistant', content: '' }, null);
    }
    if (text !== '') yield chunk({ content: text }, null);
  }
  const end = tally.end();
  yield chunk({}, end.reason);
  // Only when asked for: a chunk without choices breaks clients that did not.
  if (withUsage) yield dataFrame(JSON.stringify({ ...head, choices: [], usage: openaiUsage(end.usage) }));
  yield doneFrame();
  return end.usage;
}

function envelope(object: string, { created, model }: FrameContext): object {
  return { id: newId('chatcmpl', '-'), object, created, model, system_fingerprint: systemFingerprint };
}
