// From the text of tokens to the events of one choice: calls are read out of it, stop strings held back, log probabilities kept beside it.

import type { GenerationEvent, TokenLogprob } from '../../src/contract/generation.ts';
import { newId } from '../../src/core/ids.ts';
import { StopStrings } from './stop-strings.ts';
import { type CallPlace, type Reading, ToolCallReader } from './tool-call-reader.ts';

export interface ChoiceTextOptions {
  readonly stop: readonly string[];
  readonly callPlace: CallPlace;
  /** Whether log probabilities are told. */
  readonly isRated: boolean;
  /** Characters of the choice before this text. */
  readonly from: number;
}

export interface Told {
  readonly events: readonly GenerationEvent[];
  /** The stop string that ended the text, if one did. Nothing may be pushed afterwards. */
  readonly matched?: string;
}

/**
 * Watches one text. Stop strings end text only, not calls: those hold markup that the caller neither sees nor asked to watch.
 * Log probabilities are told of text only too, since no route has a place for those of calls.
 */
export class ChoiceText {
  readonly #reader: ToolCallReader;
  readonly #stops: StopStrings;
  readonly #from: number;
  readonly #isRated: boolean;
  /** Of tokens whose text is not out yet. */
  #entries: readonly TokenLogprob[] = [];
  #hasMatched = false;

  constructor({ stop, callPlace, isRated, from }: ChoiceTextOptions) {
    this.#reader = new ToolCallReader(callPlace);
    this.#stops = new StopStrings(stop);
    this.#isRated = isRated;
    this.#from = from;
  }

  /** Whether something was called. */
  get hasCalls(): boolean {
    return this.#reader.calls > 0;
  }

  /** `canStop`: whether a stop string may end the text here. */
  push(fresh: string, entry: TokenLogprob | undefined, canStop: boolean): Told {
    if (entry !== undefined && !this.#reader.isInCall) this.#entries = [...this.#entries, entry];
    return this.#tell(this.#reader.push(fresh), canStop);
  }

  /** The rest. `isCut`: the text was ended by its limit. */
  end(isCut: boolean): Told {
    const told = this.#hasMatched ? { events: [] } : this.#tell(this.#reader.end(isCut), true);
    this.#forgetMarkup();
    // Empty after a match: what a stop string held back is the stop string.
    const rest = this.#stops.flush();
    // Tokens wholly behind a cut are of no text that was told.
    if (this.#hasMatched) this.#entries = [];
    const last = rest !== '' || this.#entries.length > 0 ? [this.#textEvent(rest)] : [];
    return { ...told, events: [...told.events, ...last] };
  }

  #tell(readings: readonly Reading[], canStop: boolean): Told {
    const events: GenerationEvent[] = [];
    for (const reading of readings) {
      if (reading.type === 'call') {
        events.push(...this.#called(reading));
        continue;
      }
      // What comes before the least length may hold a stop string: it could not end the text there.
      const { text, behind, matched } = canStop ? this.#stops.push(reading.text) : { text: reading.text, behind: 0 };
      if (text !== '') events.push(this.#textEvent(text, this.#from + this.#reader.textEnd - behind));
      if (matched === undefined) continue;
      this.#hasMatched = true;
      return { events, matched };
    }
    return { events };
  }

  #called({ type: _, ...piece }: Extract<Reading, { type: 'call' }>): readonly GenerationEvent[] {
    if (piece.name === undefined) return [{ type: 'toolCall', ...piece }];
    this.#forgetMarkup();
    const before = this.#stops.flush();
    const text = before === '' ? [] : [this.#textEvent(before)];
    return [...text, { type: 'toolCall', id: newId('call'), ...piece }];
  }

  /** Tokens of markup came before it was known to be that. */
  #forgetMarkup(): void {
    if (!this.#reader.hasMarkup) return;
    const end = this.#from + this.#reader.textEnd;
    this.#entries = this.#entries.filter(({ offset }) => offset < end);
  }

  /** `end`: where the text ends. Tokens from there on wait for theirs, since a stop string may still cut it off. */
  #textEvent(text: string, end = Number.POSITIVE_INFINITY): GenerationEvent {
    const logprobs = this.#entries.filter(({ offset }) => offset < end);
    this.#entries = this.#entries.filter(({ offset }) => offset >= end);
    return this.#isRated ? { type: 'text', text, logprobs } : { type: 'text', text };
  }
}
