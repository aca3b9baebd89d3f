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
import { type AdapterName, conversation, ownName, renamed } from './own-names.ts';
import { responsesToChat } from './responses-to-chat.ts';

const translators: Readonly<Record<AdapterName, (body: CheckedBody) => CheckedBody>> = {
  messages: messagesToChat,
  responses: responsesToChat,
  completions: completionsToChat,
};

type Method = (body: CheckedBody, request: unknown) => unknown;

/**
 * The method `name` by means of `chat`; `schema` is what that asks of its bodies. Errors name fields as the route writes them.
 * The method throws: InferenceError with the field whose chat does not fit the schema; what `chat` throws.
 */
export function adaptedMethod(name: AdapterName, chat: Method, schema: object = {}): Method {
  return async (body, request) => {
    const chatBody = translators[name](body);
    checkChatBody(name, schema, chatBody);
    return chatEvents(name, await renaming(name, () => chat(chatBody, request)));
  };
}

/** Counts a body of the route by means of a method that counts chats. */
export function adaptedCount(name: AdapterName, count: Method): Method {
  return (body, request) => {
    const chatBody = translators[name](body);
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
