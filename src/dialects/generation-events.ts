// Neutral generation events on their way into a reply: held to their order choice by choice, and gathered where it goes out whole.

import type { FinishReason, GenerationEvent, TokenLogprob, ToolCall } from '../contract/generation.ts';
import type { MethodName } from '../contract/methods.ts';
import type { CallUsage } from '../contract/thread.ts';
import { InferenceError } from '../core/errors.ts';

/** How one choice ended. */
export interface ChoiceEnd {
  readonly reason: FinishReason;
  readonly stopSequence: string | null;
}

/** How a generation ended; the choice is the first one. */
export interface GenerationEnd extends ChoiceEnd {
  readonly usage: CallUsage;
}

export interface GatheredChoice extends ChoiceEnd {
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  readonly logprobs: readonly TokenLogprob[];
}

/** A whole generation; its own members are those of the first choice, for routes that have no other. */
export interface GatheredGeneration extends GatheredChoice {
  readonly choices: readonly GatheredChoice[];
  readonly usage: CallUsage;
}

interface ChoiceState {
  calls: number;
  end: ChoiceEnd | undefined;
}

/** Collects what the end of a reply needs while its text passes by. */
export class GenerationTally {
  readonly #method: MethodName;
  readonly #count: number;
  readonly #choices = new Map<number, ChoiceState>();
  #usage: CallUsage = { promptTokens: 0, completionTokens: 0 };

  /** `count`: how many choices were asked for. */
  constructor(method: MethodName, count = 1) {
    this.#method = method;
    this.#count = count;
  }

  /** Counts so far; zeros until the model tells. */
  get usage(): CallUsage {
    return this.#usage;
  }

  /**
   * Takes an event, and gives back its text if it has any.
   * Throws: InferenceError `invalid_result` for a choice that was not asked for or has ended, and for a call that lacks its beginning.
   */
  take(event: GenerationEvent): string {
    if (event.type === 'usage') {
      const { promptTokens, completionTokens, cachedTokens } = event;
      this.#usage = { promptTokens, completionTokens, ...(cachedTokens === undefined ? {} : { cachedTokens }) };
      return '';
    }
    const choice = this.#open(event.choice ?? 0);
    switch (event.type) {
      case 'text':
        return event.text;
      case 'toolCall':
        this.#takeCall(choice, event);
        return '';
      case 'finish': {
        // Clients look for calls only under this reason. A limit stays one, since it may have cut the last call off.
        const reason = event.reason === 'stop' && choice.calls > 0 ? 'toolCalls' : event.reason;
        choice.end = { reason, stopSequence: event.stopSequence ?? null };
        return '';
      }
    }
  }

  /** How the choice ended. Throws: InferenceError `invalid_result` when it has not. */
  endOf(choice: number): ChoiceEnd {
    const end = this.#choices.get(choice)?.end;
    if (end !== undefined) return end;
    const which = this.#count === 1 ? '' : ` for choice ${choice}`;
    throw new InferenceError('invalid_result', `expected ${this.#method} to yield a finish event${which}, got none`);
  }

  /** Throws: InferenceError `invalid_result` when a choice has no finish event, since its text may be cut off and must not pass for complete. */
  end(): GenerationEnd {
    for (let choice = 0; choice < this.#count; choice += 1) this.endOf(choice);
    return { ...this.endOf(0), usage: this.#usage };
  }

  #open(index: number): ChoiceState {
    if (index >= this.#count) {
      throw new InferenceError('invalid_result', `expected ${this.#method} to yield choices below ${this.#count}, got ${index}`);
    }
    const known = this.#choices.get(index);
    if (known?.end !== undefined) {
      throw new InferenceError('invalid_result', `expected ${this.#method} to yield nothing of a choice after its finish, got more`);
    }
    const choice = known ?? { calls: 0, end: undefined };
    this.#choices.set(index, choice);
    return choice;
  }

  #takeCall(choice: ChoiceState, { call, id, name }: Extract<GenerationEvent, { type: 'toolCall' }>): void {
    const begins = call === choice.calls;
    if (call > choice.calls) throw new InferenceError('invalid_result', `expected ${this.#method} to count its calls from 0, got a gap`);
    if ((id !== undefined) !== begins || (name !== undefined) !== begins) {
      throw new InferenceError('invalid_result', `expected ${this.#method} to yield id and name with the first piece of a call alone`);
    }
    if (begins) choice.calls += 1;
  }
}

interface Pieces {
  readonly text: string[];
  readonly calls: { readonly id: string; readonly name: string; readonly arguments: string[] }[];
  readonly logprobs: TokenLogprob[][];
}

/** `count`: how many choices were asked for. Throws: what {@link GenerationTally} throws. */
export async function gatherEvents(method: MethodName, events: AsyncIterable<GenerationEvent>, count = 1): Promise<GatheredGeneration> {
  const tally = new GenerationTally(method, count);
  const gathered = Array.from({ length: count }, (): Pieces => ({ text: [], calls: [], logprobs: [] }));
  for await (const event of events) {
    tally.take(event);
    if (event.type === 'usage' || event.type === 'finish') continue;
    const pieces = gathered[event.choice ?? 0];
    if (event.type === 'text') {
      pieces?.text.push(event.text);
      if (event.logprobs !== undefined) pieces?.logprobs.push([...event.logprobs]);
      continue;
    }
    const { id, name } = event;
    if (id !== undefined && name !== undefined) pieces?.calls.push({ id, name, arguments: [] });
    pieces?.calls[event.call]?.arguments.push(event.arguments);
  }
  const end = tally.end();
  const choices = gathered.map((pieces, choice) => whole(pieces, tally.endOf(choice)));
  return { ...whole(gathered[0], end), choices, usage: end.usage };
}

function whole(pieces: Pieces | undefined, { reason, stopSequence }: ChoiceEnd): GatheredChoice {
  return {
    text: (pieces?.text ?? []).join(''),
    toolCalls: (pieces?.calls ?? []).map(({ id, name, arguments: parts }) => ({ id, name, arguments: parts.join('') })),
    logprobs: (pieces?.logprobs ?? []).flat(),
    reason,
    stopSequence,
  };
}
