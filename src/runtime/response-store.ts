// Responses kept for later ones to build upon, and to be fetched: in memory, bounded by count, bytes and age.

import type { Clock } from '../core/clock.ts';
import type { EventLog } from './event-log.ts';

export interface ResponseStoreLimits {
  readonly count: number;
  /** Of all kept bodies, responses and events, as JSON. */
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
  /** Of one that ran in the background: its events, where it was streamed and they fit. They count for what they weigh. */
  readonly background?: { readonly isStreamed: boolean; readonly log: EventLog | undefined };
}

/** Room for a response that still runs: it counts as if it were kept, and does not leave for others. Once it is released nothing grows. */
export interface Hold {
  /** The oldest that are kept leave for it. Before that it is held against others that run alone, for a request may yet be refused. */
  claim(): void;
  /** As `claim`, for so many bytes more. False: those that run leave no room for them. */
  grow(bytes: number): boolean;
  shrink(bytes: number): void;
  /** Idempotent. */
  release(): void;
}

interface Entry extends StoredResponse {
  /** By the clock. */
  readonly expires: number;
  /** What it was counted as. */
  readonly weight: number;
}

/** An owner is the name of an API key, or empty where there are none; nobody reads what another keeps. The oldest leave first. */
export class ResponseStore {
  readonly #clock: Clock;
  readonly #limits: ResponseStoreLimits;
  /** In the order of insertion, which is that of age. */
  readonly #entries = new Map<string, Entry>();
  readonly #held = new Set<string>();
  #keptBytes = 0;
  #heldBytes = 0;

  constructor(clock: Clock, limits: Partial<ResponseStoreLimits> = {}) {
    this.#clock = clock;
    this.#limits = { ...defaultStoreLimits, ...limits };
  }

  /** Of those that are kept and those that run. */
  get count(): number {
    return this.#entries.size + this.#held.size;
  }

  get bytes(): number {
    return this.#keptBytes + this.#heldBytes;
  }

  get maxBytes(): number {
    return this.#limits.bytes;
  }

  /** Whether the empty store could hold so many bytes. */
  couldHold(bytes: number): boolean {
    return this.#limits.count > 0 && bytes <= this.#limits.bytes;
  }

  /** Undefined: those that run leave no room. Nothing leaves for it before it is claimed. */
  hold(owner: string, id: string, bytes: number): Hold | undefined {
    if (this.#held.size >= this.#limits.count || this.#heldBytes + bytes > this.#limits.bytes) return undefined;
    const key = keyOf(owner, id);
    let own = 0;
    let isReleased = false;
    const add = (more: number): void => {
      if (isReleased) return;
      own += more;
      this.#heldBytes += more;
    };
    this.#held.add(key);
    add(bytes);
    return {
      claim: () => this.#makeRoom(),
      grow: (more) => {
        if (isReleased || this.#heldBytes + more > this.#limits.bytes) return false;
        add(more);
        this.#makeRoom();
        return true;
      },
      shrink: (less) => add(-less),
      release: () => {
        this.#held.delete(key);
        add(-own);
        isReleased = true;
      },
    };
  }

  /** Whether the response still runs. */
  isHeld(owner: string, id: string): boolean {
    return this.#held.has(keyOf(owner, id));
  }

  /**
   * `comingBytes`: what its log will count for beside what it has. False: it is larger than the whole store may be, or than those that
   * run leave of it.
   */
  keep(owner: string, stored: StoredResponse, comingBytes = 0): boolean {
    const key = keyOf(owner, stored.id);
    this.#drop(key);
    const { count, bytes, ageMs } = this.#limits;
    const weight = weightOf(stored) + comingBytes;
    if (this.#held.size >= count || this.#heldBytes + weight > bytes) return false;
    this.#entries.set(key, { ...stored, weight, expires: this.#clock.now() + ageMs });
    this.#keptBytes += weight;
    this.#dropExpired();
    this.#makeRoom();
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

  /** Until what is kept and what is held fit. Whoever adds has looked that there is room for it, so that it is none of those that leave. */
  #makeRoom(): void {
    const { count, bytes } = this.#limits;
    for (const oldest of this.#entries.keys()) {
      if (this.count <= count && this.bytes <= bytes) break;
      this.#drop(oldest);
    }
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
    this.#keptBytes -= entry.weight;
    this.#entries.delete(key);
    entry.background?.log?.drop();
    return true;
  }
}

function weightOf({ response, input, background }: StoredResponse): number {
  return response.byteLength + input.byteLength + (background?.log?.bytes ?? 0);
}

/** No name of a key has a line break, so no id can reach into another's. */
function keyOf(owner: string, id: string): string {
  return `${owner}\n${id}`;
}
