// Whether each result of a tool names a call that was made: one of no call would be told to the model as the result of what it never asked for.
// The body is walked as the client wrote it, since the chat that it becomes has its turns at other places.

import { InferenceError } from '../core/errors.ts';
import { quotedWord } from '../core/quoted-word.ts';
import type { Json } from './adapters/record-of.ts';
import type { MessagesRequest } from './anthropic/messages-schema.ts';
import type { Message } from './openai/chat-messages.ts';

/**
 * Any earlier call may be named, once. Legacy functions name no call.
 * Throws: InferenceError `invalid_value` at the id of a result that has no call, or whose call has a result.
 */
export function checkChatResults(messages: readonly Message[]): void {
  const calls = new Calls('an earlier call without a result');
  for (const [index, { role, tool_calls, tool_call_id }] of messages.entries()) {
    if (role === 'assistant') for (const { id } of tool_calls ?? []) calls.add(id);
    else if (role === 'tool' && tool_call_id !== undefined) calls.answer(tool_call_id, `messages[${index}].tool_call_id`);
  }
}

/**
 * As in the hosted API a result follows its call: it is in the user's turn after the assistant's, neighbours of one role being one turn.
 * Throws: InferenceError `invalid_value` at the id of a result that has no call there, or whose call has a result.
 */
export function checkMessageResults(messages: MessagesRequest['messages']): void {
  let calls = new Calls('a call without a result in the turn before it');
  let last = '';
  for (const [index, { role, content }] of messages.entries()) {
    if (role === 'system') continue; // Parts no turn from the next.
    if (role === 'assistant' && last === 'user') calls = new Calls(calls.wanted);
    last = role;
    for (const [place, { type, id, tool_use_id }] of (typeof content === 'string' ? [] : content).entries()) {
      if (type === 'tool_use' && id !== undefined) calls.add(id);
      if (type === 'tool_result' && tool_use_id !== undefined)
        calls.answer(tool_use_id, `messages[${index}].content[${place}].tool_use_id`);
    }
  }
}

/**
 * Any earlier call may be named, also one of `before`, the stored conversation that `items` go on from. The hosted API is not known to refuse
 * a second result.
 * Throws: InferenceError `invalid_value` at the id of an output that has no call.
 */
export function checkOutputs(items: readonly Json[], before: readonly Json[] = []): void {
  const calls = new Calls('an earlier call');
  for (const id of before.flatMap(calledId)) calls.add(id);
  for (const [index, item] of items.entries()) {
    for (const id of calledId(item)) calls.add(id);
    const { type, call_id: id } = item;
    if (type === 'function_call_output' && typeof id === 'string') calls.name(id, `input[${index}].call_id`);
  }
}

function calledId({ type, call_id: id }: Json): readonly string[] {
  return type === 'function_call' && typeof id === 'string' ? [id] : [];
}

// With more ids or longer ones a message would be no help.
const mostShown = 4;
const longestShown = 64;

class Calls {
  /** What a result has to name, in words. */
  readonly wanted: string;
  /** How many calls of an id have no result. Some models count the calls of each reply from the start, so that ids come again. */
  readonly #open = new Map<string, number>();

  constructor(wanted: string) {
    this.wanted = wanted;
  }

  add(id: string): void {
    this.#open.set(id, (this.#open.get(id) ?? 0) + 1);
  }

  /** Throws: InferenceError `invalid_value`. */
  name(id: string, param: string): void {
    if (!this.#open.has(id)) throw this.#refusal(param, shown(id));
  }

  /** Throws: InferenceError `invalid_value`, also where the call has a result. */
  answer(id: string, param: string): void {
    this.name(id, param);
    const open = this.#open.get(id) ?? 0;
    if (open === 0) throw this.#refusal(param, `${shown(id)}, which has one`);
    this.#open.set(id, open - 1);
  }

  #refusal(param: string, came: string): InferenceError {
    const ids = [...this.#open].flatMap(([id, open]) => (open > 0 ? [id] : []));
    const those = ids.length > mostShown ? `one of ${ids.length}` : ids.map(shown).join(' or ');
    return new InferenceError('invalid_value', `expected ${param} to name ${this.wanted} (${those || 'there is none'}), got ${came}`, {
      param,
    });
  }
}

/** An id is of a server or a client and no text of a user; whatever it is, it cannot flood or garble a message. */
function shown(id: string): string {
  return quotedWord(id, longestShown);
}
