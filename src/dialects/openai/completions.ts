// `POST /v1/completions`: replies whole and streamed.

import type { FrameContext, RouteDialect } from '../../contract/dialect.ts';
import type { GenerationEvent } from '../../contract/generation.ts';
import { newId } from '../../core/ids.ts';
import { frameGeneration, type GenerationRoute } from '../frame-generation.ts';
import { GenerationTally } from '../generation-events.ts';
import type { FrameStream } from '../items.ts';
import { dataFrame, doneFrame } from '../sse.ts';
import { checkCompletion, completionsSchema } from './completions-request.ts';
import { openaiUsage, systemFingerprint, wantsUsage } from './usage.ts';

const route: GenerationRoute = {
  method: 'completions',
  namedEvents: false,
  doneAtEnd: true,
  whole: ({ text, reason, usage }, context) => ({ ...envelope(context), choices: [choice(text, reason)], usage: openaiUsage(usage) }),
  stream: completionFrames,
};

export const completionsDialect: RouteDialect = {
  method: 'completions',
  family: 'openai',
  inputSchema: completionsSchema,
  outputSchema: { type: 'object', required: ['id', 'object', 'created', 'model', 'choices', 'usage'] },
  check: checkCompletion,
  frame: (result, context) => frameGeneration(route, result, context),
};

async function* completionFrames(events: AsyncIterable<GenerationEvent>, context: FrameContext): FrameStream {
  const head = envelope(context);
  const withUsage = wantsUsage(context.body);
  const chunk = (text: string, finish: string | null) =>
    dataFrame(JSON.stringify({ ...head, choices: [choice(text, finish)], ...(withUsage ? { usage: null } : {}) }));
  const tally = new GenerationTally('completions');
  for await (const event of events) {
    const text = tally.take(event);
    if (text !== '') yield chunk(text, null);
  }
  const end = tally.end();
  yield chunk('', end.reason);
  if (withUsage) yield dataFrame(JSON.stringify({ ...head, choices: [], usage: openaiUsage(end.usage) }));
  yield doneFrame();
  return end.usage;
}

function choice(text: string, finish: string | null): object {
  return { text, index: 0, logprobs: null, finish_reason: finish };
}

function envelope({ created, model }: FrameContext): object {
  return { id: newId('cmpl', '-'), object: 'text_completion', created, model, system_fingerprint: systemFingerprint };
}
