// `POST /v1/chat/completions`: replies whole and streamed.

import type { Frame, FrameContext, RouteDialect } from '../../contract/dialect.ts';
import type { FinishReason, GenerationEvent, TokenLogprob, ToolCall } from '../../contract/generation.ts';
import { InferenceError } from '../../core/errors.ts';
import { newId } from '../../core/ids.ts';
import { frameGeneration, type GenerationRoute } from '../frame-generation.ts';
import { type GatheredChoice, GenerationTally } from '../generation-events.ts';
import type { FrameStream } from '../items.ts';
import { dataFrame, doneFrame } from '../sse.ts';
import { type ChatCompletionsRequest, chatSchema, checkChat } from './chat-request.ts';
import { chatChunkSchema, chatReplySchema } from './chat-schemas.ts';
import { chatLogprobs } from './logprobs.ts';
import { usesFunctions } from './tools.ts';
import { openaiUsage, systemFingerprint, wantsUsage } from './usage.ts';

const route: GenerationRoute = {
  method: 'chatCompletions',
  doneAtEnd: true,
  outputSchema: chatReplySchema,
  chunkSchema: chatChunkSchema,
  choices: choiceCount,
  whole: ({ choices, usage }, context) => ({
    ...envelope('chat.completion', context),
    choices: choices.map((choice, index) => wholeChoice(choice, index, context)),
    usage: openaiUsage(usage),
  }),
  stream: chatFrames,
};

export const chatDialect: RouteDialect = {
  method: 'chatCompletions',
  family: 'openai',
  inputSchema: chatSchema,
  outputSchema: chatReplySchema,
  chunkSchema: chatChunkSchema,
  check: checkChat,
  frame: (result, context) => frameGeneration(route, result, context),
};

type CallEvent = Extract<GenerationEvent, { type: 'toolCall' }>;

async function* chatFrames(events: AsyncIterable<GenerationEvent>, context: FrameContext): FrameStream {
  const { body } = context;
  const head = envelope('chat.completion.chunk', context);
  const withUsage = wantsUsage(body);
  const legacy = usesFunctions(body);
  const send = (index: number, delta: object, finish: string | null = null, logprobs?: readonly TokenLogprob[]): Frame => {
    const choices = [{ index, delta, logprobs: logprobs === undefined ? null : chatLogprobs(logprobs), finish_reason: finish }];
    return dataFrame(JSON.stringify({ ...head, choices, ...(withUsage ? { usage: null } : {}) }));
  };
  const tally = new GenerationTally('chatCompletions', choiceCount(context));
  const begun = new Set<number>();
  const rated = new Set<number>();
  for await (const event of events) {
    tally.take(event);
    // The role waits for the generation itself: the first usage only tells that the prompt was counted.
    if (event.type === 'usage') continue;
    const index = event.choice ?? 0;
    if (!begun.has(index)) {
      begun.add(index);
      yield send(index, { role: 'assistant', content: '' });
    }
    switch (event.type) {
      case 'text': {
        // Tokens whose text is held back are told when they are decided.
        const logprobs = wantsLogprobs(context) ? (event.logprobs ?? []) : [];
        if (logprobs.length > 0) rated.add(index);
        if (event.text !== '' || logprobs.length > 0)
          yield send(index, { content: event.text }, null, logprobs.length > 0 ? logprobs : undefined);
        break;
      }
      case 'toolCall':
        for (const delta of callDeltas(event, legacy)) yield send(index, delta);
        break;
      case 'finish':
        // A choice without any token tells so, as its whole reply does.
        yield send(index, {}, finishOf(tally.endOf(index).reason, legacy), wantsLogprobs(context) && !rated.has(index) ? [] : undefined);
        break;
    }
  }
  const end = tally.end();
  // Only when asked for: a chunk without choices breaks clients that did not.
  if (withUsage) yield dataFrame(JSON.stringify({ ...head, choices: [], usage: openaiUsage(end.usage) }));
  yield doneFrame();
  return end.usage;
}

/** The first delta of a call has its name and no arguments, as clients expect; pieces after it have only arguments. */
function* callDeltas({ call, id, name, arguments: text }: CallEvent, legacy: boolean): Generator<object> {
  if (legacy && call > 0) throw tooManyCalls();
  if (name !== undefined) {
    const begun = { name, arguments: '' };
    yield legacy ? { function_call: begun } : { tool_calls: [{ index: call, id, type: 'function', function: begun }] };
  }
  if (text === '') return;
  yield legacy ? { function_call: { arguments: text } } : { tool_calls: [{ index: call, function: { arguments: text } }] };
}

function wholeChoice({ text, toolCalls, logprobs, reason }: GatheredChoice, index: number, context: FrameContext): object {
  const legacy = usesFunctions(context.body);
  const message = {
    role: 'assistant',
    content: text === '' && toolCalls.length > 0 ? null : text,
    refusal: null,
    ...(toolCalls.length === 0 ? {} : calledMembers(toolCalls, legacy)),
  };
  return { index, message, logprobs: wantsLogprobs(context) ? chatLogprobs(logprobs) : null, finish_reason: finishOf(reason, legacy) };
}

function calledMembers(calls: readonly ToolCall[], legacy: boolean): object {
  const called = calls.map(({ id, name, arguments: text }) => ({ id, type: 'function', function: { name, arguments: text } }));
  if (!legacy) return { tool_calls: called };
  if (called.length > 1) throw tooManyCalls();
  return { function_call: called[0]?.function };
}

function tooManyCalls(): InferenceError {
  return new InferenceError('invalid_result', 'expected chatCompletions to yield one call, since functions allow no more, got several');
}

function finishOf(reason: FinishReason, legacy: boolean): string {
  if (reason !== 'toolCalls') return reason;
  return legacy ? 'function_call' : 'tool_calls';
}

function choiceCount({ body }: FrameContext): number {
  return (body as ChatCompletionsRequest).n ?? 1; // A checked body passed this schema.
}

function wantsLogprobs({ body }: FrameContext): boolean {
  return body['logprobs'] === true;
}

function envelope(object: string, { created, model }: FrameContext): object {
  return { id: newId('chatcmpl', '-'), object, created, model, system_fingerprint: systemFingerprint };
}
