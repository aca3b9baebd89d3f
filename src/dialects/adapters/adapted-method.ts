// A class that only chats, behind the other text routes: the body translated on its way in, the answer on its way out.

import type { CheckedBody } from '../../contract/dialect.ts';
import type { GenerationEvent } from '../../contract/generation.ts';
import { fromRecord, InferenceError, toRecord } from '../../core/errors.ts';
import { checkSchema, describe } from '../check.ts';
import { isGenerationEvent } from '../event-forms.ts';
import { iteratorOf, openItems } from '../items.ts';
import { ChatReader } from './chat-events.ts';
import { completionsToChat } from './completions-to-chat.ts';
import { messagesToChat } from './messages-to-chat.ts';
import { responsesToChat } from './responses-to-chat.ts';

/** The routes that a chat can answer. */
export const adapterNames = ['messages', 'responses', 'completions'] as const;
export type AdapterName = (typeof adapterNames)[number];

interface Adapter {
  readonly toChat: (body: CheckedBody) => CheckedBody;
  /** How the route writes what an error of the chat names; the first prefix that fits decides. */
  readonly names: readonly (readonly [chat: string, own: string])[];
}

const adapters: Readonly<Record<AdapterName, Adapter>> = {
  messages: {
    toChat: messagesToChat,
    names: [
      ['max_completion_tokens', 'max_tokens'],
      ['stop', 'stop_sequences'],
      ['response_format.json_schema', 'output_config.format'],
      ['response_format', 'output_config.format'],
      ['parallel_tool_calls', 'tool_choice.disable_parallel_tool_use'],
    ],
  },
  responses: {
    toChat: responsesToChat,
    names: [
      ['max_completion_tokens', 'max_output_tokens'],
      ['response_format.json_schema', 'text.format'],
      ['response_format', 'text.format'],
      ['reasoning_effort', 'reasoning.effort'],
    ],
  },
  completions: {
    toChat: completionsToChat,
    names: [
      ['max_completion_tokens', 'max_tokens'],
      ['top_logprobs', 'logprobs'],
    ],
  },
};
const conversation = { messages: 'messages', responses: 'input', completions: 'prompt' } as const;

type Method = (body: CheckedBody, request: unknown) => unknown;

/**
 * The method `name` by means of `chat`; `schema` is what that asks of its bodies. Errors name fields as the route writes them.
 * The method throws: InferenceError with the field whose chat does not fit the schema; what `chat` throws.
 */
export function adaptedMethod(name: AdapterName, chat: Method, schema: object = {}): Method {
  return async (body, request) => {
    const chatBody = adapters[name].toChat(body);
    checkChatBody(name, schema, chatBody);
    return chatEvents(name, await renaming(name, () => chat(chatBody, request)));
  };
}

/** Counts a body of the route by means of a method that counts chats. */
export function adaptedCount(name: AdapterName, count: Method): Method {
  return (body, request) => {
    const chatBody = adapters[name].toChat(body);
    return renaming(name, () => count(chatBody, request));
  };
}

/**
 * Neutral events pass as they are. Throws: InferenceError `invalid_result` for what has the form of no route, such as a web Response: sent
 * as it is, it would be a chat under another route's name.
 */
async function* chatEvents(name: AdapterName, result: unknown): AsyncGenerator<GenerationEvent, void, void> {
  const reader = new ChatReader();
  const iterator = iteratorOf(result);
  let neutral = false;
  try {
    for await (const item of iterator === undefined ? [result] : (await openItems(iterator)).items) {
      if (isGenerationEvent(item)) {
        neutral = true;
        yield item;
      } else if (ChatReader.reads(item)) yield* reader.take(item);
      else throw unreadable(name, item);
    }
  } catch (error) {
    throw renamed(name, error);
  }
  if (!neutral) yield* reader.end();
}

function unreadable(name: AdapterName, item: unknown): InferenceError {
  const came = typeof item === 'object' && item !== null ? 'an object of another form' : describe(item);
  const message = `expected chatCompletions to answer ${name} with generation events, a chat completion or its chunks, got ${came}`;
  return new InferenceError('invalid_result', message);
}

async function renaming(name: AdapterName, action: () => unknown): Promise<unknown> {
  try {
    return await action();
  } catch (error) {
    throw renamed(name, error);
  }
}

/** Names the place in the chat too where the conversation is at fault, since what the class asks for may be no part of the route. */
function checkChatBody(name: AdapterName, schema: object, body: CheckedBody): void {
  try {
    checkSchema(schema, body);
  } catch (error) {
    const record = toRecord(error);
    const own = record.param === null ? null : ownName(name, record.param);
    if (own !== conversation[name]) throw renamed(name, error);
    throw fromRecord({ ...record, param: own, message: `${record.message}, in the chat that ${own} becomes` });
  }
}

/** The error with its field as the route writes it. Places in the conversation become the whole of it: merging has moved them. */
function renamed(name: AdapterName, error: unknown): unknown {
  const record = toRecord(error);
  const { param } = record;
  if (param === null) return error;
  const own = ownName(name, param);
  if (own === param) return error;
  return fromRecord({ ...record, param: own, message: record.message.replace(`expected ${param}`, `expected ${own}`) });
}

function ownName(name: AdapterName, param: string): string {
  if (param === 'messages' || param.startsWith('messages[')) return conversation[name];
  const parameters = name === 'messages' ? '.input_schema' : '.parameters';
  const flat = param
    .replace(/^(tools\[\d+\])\.function\.parameters/, `$1${parameters}`)
    // Both other APIs write a function's members beside its type, and the allowed tools beside their mode.
    .replace(/^(tools\[\d+\]|tool_choice)(\.allowed_tools)?/, '$1')
    .replace(/^(tools\[\d+\]|tool_choice(?:\.tools\[\d+\])?)\.function/, '$1');
  const found = adapters[name].names.find(([chat]) => flat === chat || flat.startsWith(`${chat}.`) || flat.startsWith(`${chat}[`));
  return found === undefined ? flat : `${found[1]}${flat.slice(found[0].length)}`;
}
