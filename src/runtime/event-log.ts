// The events of one streamed response of the background, in the order of their numbers: written once, read by whoever comes and from where they want.

import { InferenceError } from '../core/errors.ts';

/** `whole`: the last event is there. `failed`: the last events tell of the error. `dropped`: the events are gone, and more do not come. */
export type LogEnd = { readonly kind: 'whole' } | { readonly kind: 'failed' | 'dropped'; readonly error: InferenceError };

// Beside its bytes an event has an object and a place in the list. Small events outweigh their bytes without it.
const overheadBytes = 128;

/** What an event of the log counts for in the store. */
export function weightOfEvent(frame: Uint8Array): number {
  return frame.byteLength + overheadBytes;
}

export class EventLog {
  #frames: Uint8Array[] = [];
  readonly #listeners = new Set<() => void>();
  #bytes = 0;
  #end: LogEnd | undefined;

  /** How many events there are; the next one has this number. */
  get length(): number {
    return this.#frames.length;
  }

  /** What all of it counts for in the store. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Undefined: more is to come. */
  get ended(): LogEnd | undefined {
    return this.#end;
  }

  /** The event of that number as it is sent. */
  at(number: number): Uint8Array | undefined {
    return this.#frames[number];
  }

  append(frame: Uint8Array): void {
    if (this.#end !== undefined) return;
    this.#frames.push(frame);
    this.#bytes += weightOfEvent(frame);
    this.#tell();
  }

  end(how: LogEnd): void {
    if (this.#end !== undefined) return;
    this.#end = how;
    this.#tell();
  }

  /** Forgets the events, also after the end: who still reads is told so instead of keeping them alive. Idempotent. */
  drop(
    error = new InferenceError(
      'response_not_found',
      'expected a stored response, got one that was deleted or has left the store meanwhile',
    ),
  ): void {
    if (this.#end?.kind === 'dropped') return;
    this.#end = { kind: 'dropped', error };
    this.#frames = [];
    this.#bytes = 0;
    this.#tell();
  }

  /** Calls after every change. Returns what takes the listener away. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
