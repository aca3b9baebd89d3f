// `POST /v1/messages`: replies whole and streamed.

import type { Frame, FrameContext, RouteDialect } from '../../contract/dialect.ts';
import type { GenerationEvent } from '../../contract/generation.ts';
import type { CallUsage } from '../../contract/thread.ts';
import { newId } from '../../core/ids.ts';
import { frameGeneration, type GenerationRoute } from '../frame-generation.ts';
import { type GenerationEnd, GenerationTally } from '../generation-events.ts';
import type { FrameStream } from '../items.ts';
import { eventFrame } from '../sse.ts';
import { checkMessages, messagesSchema } from './messages-request.ts';

const route: GenerationRoute = {
  method: 'messages',
  namedEvents: true,
  // Clients of this family end at `message_stop` and know no `[DONE]`.
  doneAtEnd: false,
  whole: (generation, context) =>
    message(context, [{ type: 'text', text: generation.text, citations: null }], stopOf(generation), generation.usage),
  stream: messageFrames,
};

export const messagesDialect: RouteDialect = {
  method: 'messages',
  family: 'anthropic',
  inputSchema: messagesSchema,
  outputSchema: { type: 'object', required: ['id', 'type', 'role', 'model', 'content', 'stop_reason', 'stop_sequence', 'usage'] },
  check: checkMessages,
  frame: (result, context) => frameGeneration(route, result, context),
};

interface Stop {
  readonly stop_reason: string | null;
  readonly stop_sequence: string | null;
}

// Clients' types list these as null rather than absent.
const unservedAtEnd = { stop_details: null, container: null };

const running: Stop = { stop_reason: null, stop_sequence: null };

async function* messageFrames(events: AsyncIterable<GenerationEvent>, context: FrameContext): FrameStream {
  const tally = new GenerationTally('messages');
  let begun = false;
  for await (const event of events) {
    const text = tally.take(event);
    // The start tells the prompt's tokens, which the first event, a usage, has brought.
    if (!begun) {
      begun = true;
      yield send('message_start', { message: message(context, [], running, tally.usage) });
      yield send('content_block_start', { index: 0, content_block: { type: 'text', text: '' } });
    }
    if (text !== '') yield send('content_block_delta', { index: 0, delta: { type: 'text_delta', text } });
  }
  const end = tally.end();
  yield send('content_block_stop', { index: 0 });
  yield send('message_delta', { delta: { ...stopOf(end), ...unservedAtEnd }, usage: usageOf(end.usage) });
  yield send('message_stop', {});
  return end.usage;
}

function send(type: string, fields: object): Frame {
  return eventFrame(type, JSON.stringify({ type, ...fields }));
}

function stopOf({ reason, stopSequence }: GenerationEnd): Stop {
  if (stopSequence !== null) return { stop_reason: 'stop_sequence', stop_sequence: stopSequence };
  return { stop_reason: reason === 'length' ? 'max_tokens' : 'end_turn', stop_sequence: null };
}

function message({ model }: FrameContext, content: readonly object[], stop: Stop, usage: CallUsage): object {
  return {
    id: newId('msg'),
    type: 'message',
    role: 'assistant',
    model,
    content,
    ...stop,
    ...unservedAtEnd,
    diagnostics: null,
    usage: { ...usageOf(usage), service_tier: 'standard', cache_creation: null, inference_geo: null, speed: null },
  };
}

function usageOf({ promptTokens, completionTokens }: CallUsage): object {
  return {
    input_tokens: promptTokens,
    output_tokens: completionTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens_details: null,
    server_tool_use: null,
  };
}
