// Neutral generation events as models yield them: checked one by one, and gathered for replies in one piece.

import type { FinishReason, GenerationEvent, ToolCall } from '../contract/generation.ts';
import type { MethodName } from '../contract/methods.ts';
import type { CallUsage } from '../contract/thread.ts';
import { InferenceError } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import { describe } from './check.ts';

/** How a generation ended. */
export interface GenerationEnd {
  readonly reason: FinishReason;
  readonly stopSequence: string | null;
  readonly usage: CallUsage;
}

export interface GatheredGeneration extends GenerationEnd {
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
}

/** Whether an item is of the neutral form rather than a finished chunk of a route. */
export function isGenerationEvent(item: unknown): item is GenerationEvent {
  if (typeof item !== 'object' || item === null || !('type' in item)) return false;
  switch (item.type) {
    case 'text':
      return 'text' in item && typeof item.text === 'string';
    case 'toolCall':
      return 'call' in item && isCount(item.call) && 'arguments' in item && typeof item.arguments === 'string';
    case 'finish':
      return 'reason' in item && (item.reason === 'stop' || item.reason === 'length' || item.reason === 'toolCalls');
    case 'usage':
      return 'promptTokens' in item && isCount(item.promptTokens) && 'completionTokens' in item && isCount(item.completionTokens);
    default:
      return false;
  }
}

/** Throws: InferenceError `invalid_result` at the first item that is no event. */
export async function* checkedEvents(method: MethodName, items: AsyncIterable<unknown>): AsyncGenerator<GenerationEvent, void, void> {
  for await (const item of items) {
    if (!isGenerationEvent(item)) {
      throw new InferenceError('invalid_result', `expected ${method} to yield text, finish and usage events, got ${describe(item)}`);
    }
    yield item;
  }
}

/** Collects what the end of a reply needs while its text passes by. */
export class GenerationTally {
  readonly #method: MethodName;
  #finish: { readonly reason: FinishReason; readonly stopSequence: string | null } | undefined;
  #usage: CallUsage = { promptTokens: 0, completionTokens: 0 };

  constructor(method: MethodName) {
    this.#method = method;
  }

  /** Counts so far; zeros until the model tells. */
  get usage(): CallUsage {
    return this.#usage;
  }

  /** Takes an event, and gives back its text if it has any. */
  take(event: GenerationEvent): string {
    switch (event.type) {
      case 'text':
        return event.text;
      case 'toolCall':
        return '';
      case 'finish':
        this.#finish = { reason: event.reason, stopSequence: event.stopSequence ?? null };
        return '';
      case 'usage':
        this.#usage = { promptTokens: event.promptTokens, completionTokens: event.completionTokens };
        return '';
    }
  }

  /** Throws: InferenceError `invalid_result` when no finish event came, since the text may be cut off and must not pass for complete. */
  end(): GenerationEnd {
    if (this.#finish === undefined)
      throw new InferenceError('invalid_result', `expected ${this.#method} to yield a finish event, got none`);
    return { ...this.#finish, usage: this.#usage };
  }
}

export async function gatherEvents(method: MethodName, events: AsyncIterable<GenerationEvent>): Promise<GatheredGeneration> {
  const tally = new GenerationTally(method);
  const pieces: string[] = [];
  const calls = new Map<number, ToolCall>();
  for await (const event of events) {
    pieces.push(tally.take(event));
    if (event.type === 'toolCall') calls.set(event.call, longerCall(calls.get(event.call), event));
  }
  return { text: pieces.join(''), toolCalls: [...calls.values()], ...tally.end() };
}

/** A call with one more piece. */
function longerCall(begun: ToolCall | undefined, piece: Extract<GenerationEvent, { type: 'toolCall' }>): ToolCall {
  if (begun !== undefined) return { ...begun, arguments: begun.arguments + piece.arguments };
  return { id: piece.id ?? newId('call'), name: piece.name ?? '', arguments: piece.arguments };
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}
