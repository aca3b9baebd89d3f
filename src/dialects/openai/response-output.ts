// The output items of a response, built from neutral events, and the stream events that tell of each step.

import type { CheckedBody } from '../../contract/dialect.ts';
import type { GenerationEvent, TokenAlternative, TokenLogprob } from '../../contract/generation.ts';
import { InferenceError } from '../../core/errors.ts';
import { newId } from '../../core/ids.ts';

/** An event of the stream, not numbered yet. */
export interface OutputEvent {
  readonly type: string;
  readonly [key: string]: unknown;
}

type ItemStatus = 'in_progress' | 'completed' | 'incomplete';
type ToolCallEvent = Extract<GenerationEvent, { type: 'toolCall' }>;
type TextEvent = Extract<GenerationEvent, { type: 'text' }>;

interface Message {
  readonly kind: 'message';
  readonly id: string;
  readonly index: number;
  text: string;
  readonly logprobs: object[];
  /** Of tokens whose text is still held back. */
  pending: object[];
}

interface FunctionCall {
  readonly kind: 'call';
  readonly id: string;
  readonly index: number;
  readonly call: number;
  readonly callId: string;
  readonly name: string;
  arguments: string;
}

/** Whether the body asks for log probabilities, which a model may tell in any case. */
export function wantsLogprobs(body: CheckedBody): boolean {
  const { include, top_logprobs: top } = body;
  return (Array.isArray(include) && include.includes('message.output_text.logprobs')) || (typeof top === 'number' && top > 0);
}

/**
 * One item is open at a time: the next one closes it. Whole replies and streams are both made here, so that a stream folds to the
 * object that the same request gets in one piece.
 */
export class ResponseOutput {
  readonly #done: object[] = [];
  readonly #withLogprobs: boolean;
  #open: Message | FunctionCall | undefined;

  constructor(body: CheckedBody) {
    this.#withLogprobs = wantsLogprobs(body);
  }

  /** The items so far; the one that is open is incomplete. */
  get items(): readonly object[] {
    return this.#open === undefined ? this.#done : [...this.#done, itemOf(this.#open, 'incomplete')];
  }

  /** Throws: InferenceError `invalid_result` for pieces of calls out of their order. */
  take(event: GenerationEvent): readonly OutputEvent[] {
    if (event.type === 'text') return this.#text(event);
    return event.type === 'toolCall' ? this.#call(event) : [];
  }

  /** Closes what is open. Without any item there is an empty message: clients read the first one unasked. */
  end(status: 'completed' | 'incomplete'): readonly OutputEvent[] {
    const opening = this.#open === undefined && this.#done.length === 0 ? this.#openMessage() : [];
    return [...opening, ...this.#close(status)];
  }

  #text({ text, logprobs = [] }: TextEvent): readonly OutputEvent[] {
    const told = this.#withLogprobs ? logprobs.map(logprobOf) : [];
    if (text === '' && told.length === 0) return [];
    const opening = this.#open?.kind === 'message' ? [] : [...this.#close('completed'), ...this.#openMessage()];
    const message = this.#open;
    if (message?.kind !== 'message') return opening; // never: it was just opened
    message.pending.push(...told);
    if (text === '') return opening;
    return [...opening, deltaOf(message, text)];
  }

  #call(event: ToolCallEvent): readonly OutputEvent[] {
    const open = this.#open;
    if (open?.kind === 'call' && open.call === event.call) return argumentsDelta(open, event.arguments);
    if (event.id === undefined || event.name === undefined)
      throw new InferenceError('invalid_result', 'expected the first piece of a tool call to have id and name, and its pieces in one row');
    const closing = this.#close('completed');
    const call: FunctionCall = {
      kind: 'call',
      id: newId('fc'),
      index: this.#done.length,
      call: event.call,
      callId: event.id,
      name: event.name,
      arguments: '',
    };
    this.#open = call;
    return [...closing, added(call), ...argumentsDelta(call, event.arguments)];
  }

  #openMessage(): readonly OutputEvent[] {
    const message: Message = { kind: 'message', id: newId('msg'), index: this.#done.length, text: '', logprobs: [], pending: [] };
    this.#open = message;
    return [added(message), { type: 'response.content_part.added', ...placeOf(message), part: textPart('', []) }];
  }

  #close(status: 'completed' | 'incomplete'): readonly OutputEvent[] {
    const open = this.#open;
    if (open === undefined) return [];
    this.#open = undefined;
    const last = open.kind === 'message' && open.pending.length > 0 ? [deltaOf(open, '')] : [];
    const item = itemOf(open, status);
    this.#done.push(item);
    const done = { type: 'response.output_item.done', output_index: open.index, item };
    if (open.kind === 'call') {
      const { id, index, name } = open;
      return [{ type: 'response.function_call_arguments.done', item_id: id, output_index: index, name, arguments: open.arguments }, done];
    }
    const { text, logprobs } = open;
    return [
      ...last,
      { type: 'response.output_text.done', ...placeOf(open), text, logprobs },
      { type: 'response.content_part.done', ...placeOf(open), part: textPart(text, logprobs) },
      done,
    ];
  }
}

function added(item: Message | FunctionCall): OutputEvent {
  return { type: 'response.output_item.added', output_index: item.index, item: itemOf(item, 'in_progress') };
}

function deltaOf(message: Message, delta: string): OutputEvent {
  const logprobs = message.pending;
  message.pending = [];
  message.text += delta;
  message.logprobs.push(...logprobs);
  return { type: 'response.output_text.delta', ...placeOf(message), delta, logprobs };
}

function argumentsDelta(call: FunctionCall, delta: string): readonly OutputEvent[] {
  if (delta === '') return [];
  call.arguments += delta;
  return [{ type: 'response.function_call_arguments.delta', item_id: call.id, output_index: call.index, delta }];
}

function placeOf({ id, index }: Message): object {
  return { item_id: id, output_index: index, content_index: 0 };
}

function itemOf(item: Message | FunctionCall, status: ItemStatus): object {
  if (item.kind === 'call') {
    return { id: item.id, type: 'function_call', call_id: item.callId, name: item.name, arguments: item.arguments, status };
  }
  const content = status === 'in_progress' ? [] : [textPart(item.text, [...item.logprobs, ...item.pending])];
  return { id: item.id, type: 'message', role: 'assistant', status, content };
}

function textPart(text: string, logprobs: readonly object[]): object {
  return { type: 'output_text', text, annotations: [], logprobs };
}

function logprobOf(token: TokenLogprob): object {
  return { ...alternativeOf(token), top_logprobs: token.top.map(alternativeOf) };
}

function alternativeOf({ token, bytes, logprob }: TokenAlternative): object {
  // Null is for echoed prompts alone, which this route has none of; the wire has a number in any case.
  return { token, bytes, logprob: logprob ?? -9999 };
}
