// `POST /v1/messages`: replies whole and streamed.

import type { Frame, FrameContext, RouteDialect } from '../../contract/dialect.ts';
import type { GenerationEvent } from '../../contract/generation.ts';
import { InferenceError } from '../../core/errors.ts';
import { frameGeneration, type GenerationRoute } from '../frame-generation.ts';
import { GenerationTally } from '../generation-events.ts';
import type { FrameStream } from '../items.ts';
import { eventFrame } from '../sse.ts';
import { inputOf, message, messageSchema, running, stopOf, textBlock, toolBlock, unservedAtEnd, usageOf } from './message-reply.ts';
import { checkMessages } from './messages-request.ts';
import { messagesSchema } from './messages-schema.ts';

const route: GenerationRoute = {
  method: 'messages',
  chunkTypes: /^(message_|content_block_|ping$|error$)/,
  // Clients of this family end at `message_stop` and know no `[DONE]`.
  doneAtEnd: false,
  whole: (generation, context) => {
    const last = generation.toolCalls.length - 1;
    const isCut = (index: number): boolean => generation.reason === 'length' && index === last;
    const calls = generation.toolCalls.map((call, index) => toolBlock(call, inputOf(call, isCut(index))));
    // Readers of `content[0]` find one also where nothing was said.
    const text = generation.text !== '' || calls.length === 0 ? [textBlock(generation.text)] : [];
    return message(context, [...text, ...calls], stopOf(generation), generation.usage);
  },
  stream: messageFrames,
};

export const messagesDialect: RouteDialect = {
  method: 'messages',
  family: 'anthropic',
  inputSchema: messagesSchema,
  outputSchema: messageSchema,
  check: checkMessages,
  frame: (result, context) => frameGeneration(route, result, context),
};

async function* messageFrames(events: AsyncIterable<GenerationEvent>, context: FrameContext): FrameStream {
  const tally = new GenerationTally('messages');
  const blocks = new BlockFrames();
  let begun = false;
  for await (const event of events) {
    const text = tally.take(event);
    // The start tells the prompt's tokens, which the first event, a usage, has brought.
    if (!begun) {
      begun = true;
      yield send('message_start', { message: message(context, [], running, tally.usage) });
    }
    if (text !== '') yield* blocks.text(text);
    if (event.type === 'toolCall') yield* blocks.call(event);
  }
  const end = tally.end();
  yield* blocks.end();
  yield send('message_delta', { delta: { ...stopOf(end), ...unservedAtEnd }, usage: usageOf(end.usage) });
  yield send('message_stop', {});
  return end.usage;
}

/** Blocks one after the other: one opens when its first piece comes, and closes the one before. */
class BlockFrames {
  #index = -1;
  /** What is open: a text, or the call of that number. */
  #open: 'text' | number | undefined;
  readonly #called = new Set<number>();

  *text(text: string): Generator<Frame, void, void> {
    if (this.#open !== 'text') yield* this.#begin('text', { type: 'text', text: '' });
    yield this.#delta({ type: 'text_delta', text });
  }

  /** Throws: InferenceError `invalid_result` when a call goes on after another block began: its own is closed. */
  *call(event: Extract<GenerationEvent, { type: 'toolCall' }>): Generator<Frame, void, void> {
    if (this.#open !== event.call) {
      if (this.#called.has(event.call))
        throw new InferenceError('invalid_result', 'expected the pieces of a tool call one after the other, got them apart');
      this.#called.add(event.call);
      yield* this.#begin(event.call, toolBlock(event, {}));
    }
    if (event.arguments !== '') yield this.#delta({ type: 'input_json_delta', partial_json: event.arguments });
  }

  /** A message has at least one block, as in one piece. */
  *end(): Generator<Frame, void, void> {
    if (this.#index < 0) yield* this.#begin('text', { type: 'text', text: '' });
    yield* this.#close();
  }

  *#begin(open: 'text' | number, block: object): Generator<Frame, void, void> {
    yield* this.#close();
    this.#open = open;
    this.#index += 1;
    yield send('content_block_start', { index: this.#index, content_block: block });
  }

  *#close(): Generator<Frame, void, void> {
    if (this.#open === undefined) return;
    this.#open = undefined;
    yield send('content_block_stop', { index: this.#index });
  }

  #delta(delta: object): Frame {
    return send('content_block_delta', { index: this.#index, delta });
  }
}

function send(type: string, fields: object): Frame {
  return eventFrame(type, JSON.stringify({ type, ...fields }));
}
