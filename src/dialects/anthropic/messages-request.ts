// Checks the bodies of `POST /v1/messages` and of its count.

import type { CheckedBody } from '../../contract/dialect.ts';
import type { MethodName } from '../../contract/methods.ts';
import { messageTurns } from '../adapters/messages-to-chat.ts';
import { checkBody } from '../check-body.ts';
import { setAside } from '../set-aside.ts';
import { countSchema, type MessagesRequest, messagesSchema } from './messages-schema.ts';

/** Throws: InferenceError with the path of what the route does not take. */
export function checkMessages(body: unknown): CheckedBody {
  return checked('messages', messagesSchema, body);
}

/** Throws: InferenceError with the path of what the route does not take. */
export function checkCount(body: unknown): CheckedBody {
  return checked('countTokens', countSchema, body);
}

const media: ReadonlySet<string> = new Set(['image', 'document']);

function checked(method: MethodName, schema: object, body: unknown): CheckedBody {
  const kept = checkBody(method, schema, body);
  const { system, messages = [] } = kept as Partial<MessagesRequest>; // Proven by the schema.
  const textual = messages.map((message) => ({ ...message, content: setAside(message.content, media) }));
  // Throws for blocks that no chat holds, before the call waits for its turn.
  messageTurns({ ...(system === undefined ? {} : { system: setAside(system, media) }), messages: textual });
  return kept;
}
