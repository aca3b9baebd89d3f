// Responses kept for later ones to build upon, and to be fetched: in memory, bounded by count, bytes and age.

import type { Clock } from '../core/clock.ts';

export interface ResponseStoreLimits {
  readonly count: number;
  /** Of all kept bodies and responses, as JSON. */
  readonly bytes: number;
  /** Milliseconds. */
  readonly ageMs: number;
}

export const defaultStoreLimits: ResponseStoreLimits = { count: 1_000, bytes: 67_108_864, ageMs: 3_600_000 };

/** JSON in UTF-8: it weighs what it counts for, which parsed objects do not. */
export interface StoredResponse {
  readonly id: string;
  /** The response object. */
  readonly response: Uint8Array;
  /** The list of its input items, those of the responses before it included, so that no eviction breaks a chain. */
  readonly input: Uint8Array;
}

interface Entry extends StoredResponse {
  /** By the clock. */
  readonly expires: number;
}

/** An owner is the name of an API key, or empty where there are none; nobody reads what another keeps. The oldest leave first. */
export class ResponseStore {
  readonly #clock: Clock;
  readonly #limits: ResponseStoreLimits;
  /** In the order of insertion, which is that of age. */
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  constructor(clock: Clock, limits: Partial<ResponseStoreLimits> = {}) {
    this.#clock = clock;
    this.#limits = { ...defaultStoreLimits, ...limits };
  }

  get count(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** False: it is larger than the whole store may be. */
  keep(owner: string, stored: StoredResponse): boolean {
    const key = keyOf(owner, stored.id);
    this.#drop(key);
    const { count, bytes, ageMs } = this.#limits;
    if (count === 0 || weightOf(stored) > bytes) return false;
    this.#entries.set(key, { ...stored, expires: this.#clock.now() + ageMs });
    this.#bytes += weightOf(stored);
    this.#dropExpired();
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= count && this.#bytes <= bytes) break;
      this.#drop(oldest);
    }
    return true;
  }

  get(owner: string, id: string): StoredResponse | undefined {
    this.#dropExpired();
    return this.#entries.get(keyOf(owner, id));
  }

  /** False: there was none. */
  delete(owner: string, id: string): boolean {
    this.#dropExpired();
    return this.#drop(keyOf(owner, id));
  }

  #dropExpired(): void {
    const now = this.#clock.now();
    for (const [key, entry] of this.#entries) {
      if (entry.expires > now) break;
      this.#drop(key);
    }
  }

  #drop(key: string): boolean {
    const entry = this.#entries.get(key);
    if (entry === undefined) return false;
    this.#bytes -= weightOf(entry);
    return this.#entries.delete(key);
  }
}

function weightOf({ response, input }: StoredResponse): number {
  return response.byteLength + input.byteLength;
}

/** No name of a key has a line break, so no id can reach into another's. */
function keyOf(owner: string, id: string): string {
  return `${owner}\n${id}`;
}
