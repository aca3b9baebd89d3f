// Checks the bodies of `POST /v1/messages` and of its count.

import type { CheckedBody } from '../../contract/dialect.ts';
import type { MethodName } from '../../contract/methods.ts';
import { messageTurns } from '../adapters/messages-to-chat.ts';
import { checkBody } from '../check-body.ts';
import { countSchema, type MessagesRequest, messagesSchema } from './messages-schema.ts';

/** Throws: InferenceError with the path of what the route does not take. */
export function checkMessages(body: unknown): CheckedBody {
  return checked('messages', messagesSchema, body);
}

/** Throws: InferenceError with the path of what the route does not take. */
export function checkCount(body: unknown): CheckedBody {
  return checked('countTokens', countSchema, body);
}

function checked(method: MethodName, schema: object, body: unknown): CheckedBody {
  const kept = checkBody(method, schema, body);
  messageTurns(kept as Partial<MessagesRequest>); // Proven by the schema; throws for blocks that no chat holds, before the call waits for its turn.
  return kept;
}
