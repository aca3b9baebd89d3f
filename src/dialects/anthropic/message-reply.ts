// The message that `POST /v1/messages` answers with: its blocks, its end, its usage, and the schema of it all.

import Type from 'typebox';
import type { FrameContext } from '../../contract/dialect.ts';
import type { ToolCall } from '../../contract/generation.ts';
import type { CallUsage } from '../../contract/thread.ts';
import { InferenceError } from '../../core/errors.ts';
import { newId } from '../../core/ids.ts';
import type { GenerationEnd } from '../generation-events.ts';

export interface Stop {
  readonly stop_reason: string | null;
  readonly stop_sequence: string | null;
}

// Clients' types list these as null rather than absent.
export const unservedAtEnd = { stop_details: null, container: null };

export const running: Stop = { stop_reason: null, stop_sequence: null };

export function stopOf({ reason, stopSequence }: GenerationEnd): Stop {
  if (stopSequence !== null) return { stop_reason: 'stop_sequence', stop_sequence: stopSequence };
  const reasons = { stop: 'end_turn', length: 'max_tokens', toolCalls: 'tool_use' } as const;
  return { stop_reason: reasons[reason], stop_sequence: null };
}

export function textBlock(text: string): object {
  // An empty list, since strict clients take neither null nor, by their types, no member at all.
  return { type: 'text', text, citations: [] };
}

/** Without an id a client could not answer the call. */
export function toolBlock({ id, name }: Partial<ToolCall>, input: object): object {
  return { type: 'tool_use', id: id ?? newId('toolu'), name: name ?? '', input };
}

/**
 * `isCut`: the limit may have ended the arguments midway. Such a call has an empty input, and the reason of the stop tells why.
 * Throws: InferenceError `invalid_result` when the arguments of a call are no JSON object.
 */
export function inputOf({ arguments: json }: ToolCall, isCut: boolean): object {
  let input: unknown;
  try {
    input = json.trim() === '' ? {} : JSON.parse(json);
  } catch (cause) {
    if (isCut) return {};
    throw new InferenceError('invalid_result', 'expected arguments of a tool call to be a JSON object, got text that is no JSON', {
      cause,
    });
  }
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input;
  throw new InferenceError('invalid_result', 'expected arguments of a tool call to be a JSON object, got JSON of another type');
}

export function message({ model }: FrameContext, content: readonly object[], stop: Stop, usage: CallUsage): object {
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

export function usageOf({ promptTokens, completionTokens }: CallUsage): object {
  return {
    input_tokens: promptTokens,
    output_tokens: completionTokens,
    // They count what `cache_control` keeps, on top of input_tokens, and it keeps nothing here. Null, which the types of clients have for that:
    // 0 would tell of a cache that missed, and conformance suites take it for one that does not work.
    cache_creation_input_tokens: null,
    cache_read_input_tokens: null,
    output_tokens_details: null,
    server_tool_use: null,
  };
}

const count = Type.Integer({ minimum: 0 });
const nothing = (description: string) => Type.Null({ description: `Always null. ${description}` });

// A class may leave it out or write null, as the hosted API does.
const quotes = Type.Optional(Type.Union([Type.Array(Type.Unknown()), Type.Null()], { description: 'Where the text was quoted from' }));

export const messageSchema = Type.Object({
  id: Type.String({ description: 'Begins with `msg_`' }),
  type: Type.Literal('message'),
  role: Type.Literal('assistant'),
  model: Type.String({ description: 'The served model' }),
  content: Type.Array(
    Type.Union([
      Type.Object({ type: Type.Literal('text'), text: Type.String(), citations: quotes }),
      Type.Object({
        type: Type.Literal('tool_use'),
        id: Type.String({ description: 'What a `tool_result` names' }),
        name: Type.String(),
        input: Type.Object({}, { description: 'By the `input_schema` of the tool' }),
      }),
    ]),
    { minItems: 1, description: 'One empty text where nothing was said' },
  ),
  stop_reason: Type.Enum(['end_turn', 'max_tokens', 'stop_sequence', 'tool_use']),
  stop_sequence: Type.Union([Type.String(), Type.Null()], { description: 'The one that matched' }),
  stop_details: nothing('Nothing is refused midway'),
  container: nothing('No code runs'),
  diagnostics: nothing('Nothing is reported'),
  usage: Type.Object({
    input_tokens: count,
    output_tokens: count,
    cache_creation_input_tokens: nothing('Nothing is kept by cache_control'),
    cache_read_input_tokens: nothing('Nothing is kept by cache_control'),
    output_tokens_details: nothing('Tokens are of one kind'),
    server_tool_use: nothing('No tool runs here'),
    service_tier: Type.Literal('standard'),
    cache_creation: nothing('No cache is billed'),
    inference_geo: nothing('There is one place'),
    speed: nothing('There is one speed'),
  }),
});
