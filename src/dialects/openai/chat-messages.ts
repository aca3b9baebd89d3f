// The messages of a chat request, as neutral turns: tool calls and their results included, reasoning of earlier turns dropped.

import Type, { type Static } from 'typebox';
import type { ChatMessage, ToolCall } from '../../contract/generation.ts';
import { InferenceError } from '../../core/errors.ts';
import { contentText, type PartTypes } from '../content-text.ts';
import { maxMessages, maxParts } from '../list-limits.ts';
import { setAside } from '../set-aside.ts';
import { ignored } from './generation-fields.ts';
import { callArguments, unanswered } from './tool-calls.ts';

const partSchema = Type.Object({
  type: Type.String({ description: 'text; others only where the model takes them.' }),
  text: Type.Optional(Type.String()),
  refusal: Type.Optional(Type.String()),
});

const calledSchema = Type.Object({
  name: Type.String({ minLength: 1 }),
  arguments: Type.String({ description: 'JSON text of an object; empty text stands for {}.' }),
});

/** Calls of one turn, far above what any model makes. */
const maxCalls = 1024;

const messageSchema = Type.Object({
  role: Type.Enum(['system', 'developer', 'user', 'assistant', 'tool', 'function'], {
    description: 'developer is system; function is legacy.',
  }),
  content: Type.Optional(
    Type.Union([Type.String(), Type.Array(partSchema, { maxItems: maxParts })], {
      description: 'Absent or null only of an assistant that called tools.',
    }),
  ),
  name: Type.Optional(Type.String({ description: 'Of a function: which one answers. Elsewhere ignored.' })),
  tool_calls: Type.Optional(
    Type.Array(Type.Object({ id: Type.String({ minLength: 1 }), type: Type.Literal('function'), function: calledSchema }), {
      maxItems: maxCalls,
      description: 'What an assistant called in this turn.',
    }),
  ),
  tool_call_id: Type.Optional(Type.String({ minLength: 1, description: 'Of a tool: the call that it answers.' })),
  function_call: Type.Optional(calledSchema),
  refusal: Type.Optional(Type.String({ description: 'What an assistant refused with, in place of content.' })),
  audio: Type.Optional(Type.Unknown({ description: 'Refused: an earlier reply of sound.' })),
  reasoning_content: ignored('what an earlier turn thought'),
  reasoning: ignored('what an earlier turn thought'),
});

export const messagesField = Type.Array(messageSchema, {
  minItems: 1,
  maxItems: maxMessages,
  description: 'The conversation. A last message of an assistant is continued.',
});

export type Message = Static<typeof messageSchema>;

const media: ReadonlySet<string> = new Set(['image_url', 'input_audio', 'file', 'video_url', 'audio_url']);
const isMedia = ({ type }: { readonly type?: unknown }): boolean => typeof type === 'string' && media.has(type);
const partTypes: PartTypes = { text: new Set(['text', 'input_text', 'refusal']), dropped: new Set(), refused: media };

/** The messages as far as they are text. */
export function textualMessages(messages: readonly Message[]): Message[] {
  return messages.map((message) => (message.content === undefined ? message : { ...message, content: setAside(message.content, isMedia) }));
}

/** Throws: InferenceError with the path of what is missing, of a part that is not text, or of arguments that are no JSON object. */
export function chatMessages(messages: readonly Message[]): readonly ChatMessage[] {
  const called = new Map<string, number>();
  const turns = messages.map((message, index) => turnOf(message, index, called));
  const last = turns.length - 1;
  if (turns[last]?.toolCalls !== undefined) throw unanswered(`messages[${last}]`);
  return turns;
}

/** `called`: by the name of a legacy function, the latest turn before this one that called it; a call of this turn is added. */
function turnOf(message: Message, index: number, called: Map<string, number>): ChatMessage {
  const path = `messages[${index}]`;
  const role = roles[message.role];
  const toolCalls = message.role === 'assistant' ? callsOf(message, index) : [];
  if (message.role === 'assistant' && message.function_call !== undefined) called.set(message.function_call.name, index);
  const content = message.content ?? (message.role === 'assistant' ? message.refusal : undefined);
  if (content === undefined && toolCalls.length === 0) throw missing(`${path}.content`);
  return {
    role,
    content: contentText(content ?? '', `${path}.content`, partTypes),
    ...(toolCalls.length === 0 ? {} : { toolCalls }),
    ...(role === 'tool' ? { toolCallId: answered(message, index, called) } : {}),
  };
}

function callsOf({ tool_calls, function_call }: Message, index: number): readonly ToolCall[] {
  const path = `messages[${index}]`;
  const calls = (tool_calls ?? []).map(({ id, function: called }, call) => ({
    id,
    name: called.name,
    arguments: callArguments(called.arguments, `${path}.tool_calls[${call}].function.arguments`),
  }));
  if (function_call === undefined) return calls;
  const { name } = function_call;
  return [...calls, { id: legacyId(index), name, arguments: callArguments(function_call.arguments, `${path}.function_call.arguments`) }];
}

/** The call that a tool's message answers: legacy functions have no ids, so that the latest call of the name is meant. */
function answered(message: Message, index: number, called: ReadonlyMap<string, number>): string {
  if (message.role === 'tool') {
    if (message.tool_call_id === undefined) throw missing(`messages[${index}].tool_call_id`);
    return message.tool_call_id;
  }
  if (message.name === undefined) throw missing(`messages[${index}].name`);
  const call = called.get(message.name);
  if (call === undefined) {
    const param = `messages[${index}].name`;
    throw new InferenceError('invalid_value', `expected ${param} to be of a function that was called before, got another`, { param });
  }
  return legacyId(call);
}

function legacyId(index: number): string {
  return `call_${index}`;
}

function missing(param: string): InferenceError {
  return new InferenceError('missing_required_parameter', `expected ${param}, got nothing`, { param });
}

const roles = { system: 'system', developer: 'system', user: 'user', assistant: 'assistant', tool: 'tool', function: 'tool' } as const;
