// `POST /v1/completions`: replies whole and streamed.

import type { FrameContext, RouteDialect } from '../../contract/dialect.ts';
import type { FinishReason, GenerationEvent, TokenLogprob } from '../../contract/generation.ts';
import { InferenceError } from '../../core/errors.ts';
import { newId } from '../../core/ids.ts';
import { frameGeneration, type GenerationRoute } from '../frame-generation.ts';
import { GenerationTally } from '../generation-events.ts';
import type { FrameStream } from '../items.ts';
import { dataFrame, doneFrame } from '../sse.ts';
import { checkCompletion, completionChoices, completionsSchema } from './completions-request.ts';
import { completionChunkSchema, completionReplySchema } from './completions-schemas.ts';
import { completionLogprobs } from './logprobs.ts';
import { openaiUsage, systemFingerprint, wantsUsage } from './usage.ts';

const route: GenerationRoute = {
  method: 'completions',
  doneAtEnd: true,
  outputSchema: completionReplySchema,
  chunkSchema: completionChunkSchema,
  choices: ({ body }) => completionChoices(body),
  whole: ({ choices, usage }, context) => ({
    ...envelope(context),
    choices: choices.map(({ text, reason, logprobs, toolCalls }, index) => {
      if (toolCalls.length > 0) throw unservedCall();
      return choice(index, text, finishOf(reason), wantsLogprobs(context) ? logprobs : undefined);
    }),
    usage: openaiUsage(usage),
  }),
  stream: completionFrames,
};

export const completionsDialect: RouteDialect = {
  method: 'completions',
  family: 'openai',
  inputSchema: completionsSchema,
  outputSchema: completionReplySchema,
  chunkSchema: completionChunkSchema,
  check: checkCompletion,
  frame: (result, context) => frameGeneration(route, result, context),
};

async function* completionFrames(events: AsyncIterable<GenerationEvent>, context: FrameContext): FrameStream {
  const head = envelope(context);
  const withUsage = wantsUsage(context.body);
  const send = (one: object) => dataFrame(JSON.stringify({ ...head, choices: [one], ...(withUsage ? { usage: null } : {}) }));
  const tally = new GenerationTally('completions', completionChoices(context.body));
  const rated = new Set<number>();
  for await (const event of events) {
    tally.take(event);
    if (event.type === 'usage') continue;
    const index = event.choice ?? 0;
    switch (event.type) {
      case 'text': {
        // Tokens whose text is held back are told when they are decided.
        const logprobs = wantsLogprobs(context) ? (event.logprobs ?? []) : [];
        if (logprobs.length > 0) rated.add(index);
        if (event.text !== '' || logprobs.length > 0)
          yield send(choice(index, event.text, null, logprobs.length > 0 ? logprobs : undefined));
        break;
      }
      case 'toolCall':
        throw unservedCall();
      case 'finish':
        // A choice without any token tells so, as its whole reply does.
        yield send(choice(index, '', finishOf(tally.endOf(index).reason), wantsLogprobs(context) && !rated.has(index) ? [] : undefined));
        break;
    }
  }
  const end = tally.end();
  if (withUsage) yield dataFrame(JSON.stringify({ ...head, choices: [], usage: openaiUsage(end.usage) }));
  yield doneFrame();
  return end.usage;
}

function choice(index: number, text: string, finish: string | null, logprobs?: readonly TokenLogprob[]): object {
  return { text, index, logprobs: logprobs === undefined ? null : completionLogprobs(logprobs), finish_reason: finish };
}

function finishOf(reason: FinishReason): string {
  if (reason === 'toolCalls') throw unservedCall();
  return reason;
}

function unservedCall(): InferenceError {
  return new InferenceError('invalid_result', 'expected completions to yield text, got a tool call, which its route cannot send');
}

function wantsLogprobs({ body }: FrameContext): boolean {
  return typeof body['logprobs'] === 'number';
}

function envelope({ created, model }: FrameContext): object {
  return { id: newId('cmpl', '-'), object: 'text_completion', created, model, system_fingerprint: systemFingerprint };
}
