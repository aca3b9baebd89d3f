// Checks the bodies of `POST /v1/messages` and of its count.

import type { CheckedBody } from '../../contract/dialect.ts';
import type { MethodName } from '../../contract/methods.ts';
import { checkTools } from '../adapters/check-tools.ts';
import { messageTurns } from '../adapters/messages-to-chat.ts';
import { checkBody } from '../check-body.ts';
import { unservedBlocks } from '../policy/route-rules.ts';
import { setAside } from '../set-aside.ts';
import { checkMessageResults } from '../tool-results.ts';
import { countSchema, type MessagesRequest, messagesSchema } from './messages-schema.ts';

/** Throws: InferenceError with the path of what the route does not take. */
export function checkMessages(body: unknown): CheckedBody {
  return checked('messages', messagesSchema, body);
}

/** Throws: InferenceError with the path of what the route does not take. */
export function checkCount(body: unknown): CheckedBody {
  return checked('countTokens', countSchema, body);
}

const media: ReadonlySet<unknown> = new Set(['image', 'document']);
const unserved: ReadonlySet<unknown> = new Set(unservedBlocks);
// Their sources are objects: a text as source is another block's, and wrong in any of these.
const isOther = ({ type, source }: Readonly<Record<string, unknown>>): boolean =>
  unserved.has(type) || (media.has(type) && typeof source !== 'string');

function checked(method: MethodName, schema: object, body: unknown): CheckedBody {
  const kept = checkBody(method, schema, body);
  checkTools('messages', kept);
  const { system, messages = [] } = kept as Partial<MessagesRequest>; // Proven by the schema.
  const textual = messages.map((message) => ({ ...message, content: setAside(message.content, isOther) }));
  // Throws for blocks that no chat holds, before the call waits for its turn.
  messageTurns({ ...(system === undefined ? {} : { system: setAside(system, isOther) }), messages: textual });
  checkMessageResults(messages);
  return kept;
}
