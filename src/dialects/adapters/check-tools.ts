// The tools of a route, read as the chat reads them that it becomes: what is wrong with them is told before the call waits for its turn, and
// to classes that answer the route themselves in the same way.

import type { CheckedBody } from '../../contract/dialect.ts';
import { type ToolFields, toolsOf } from '../openai/tools.ts';
import { hasUnservedTools } from '../served-tools.ts';
import { messageTools } from './messages-to-chat.ts';
import { renamed } from './own-names.ts';
import { responseTools } from './responses-to-chat.ts';

const routes = {
  messages: { toChat: messageTools, never: { type: 'none' } },
  responses: { toChat: responseTools, never: 'none' },
} as const;

/**
 * For a body that passed the schema of its route.
 * Throws: InferenceError with the path of a tool without its name, of a choice that is left without its tool, or of one that no chat holds.
 */
export function checkTools(route: keyof typeof routes, body: CheckedBody): void {
  const { toChat, never } = routes[route];
  try {
    const chat = toChat(hasUnservedTools(route, body) ? { ...body, tool_choice: never } : body);
    toolsOf(chat as ToolFields); // Put together in this form.
  } catch (error) {
    throw renamed(route, error);
  }
}
