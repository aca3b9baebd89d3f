// Holds text back while it may still become a stop string, so that no part of one is ever sent.

import { partialEnd } from './partial-end.ts';

export interface StopResult {
  /** Text that may go out now. */
  readonly text: string;
  /** Characters behind that text: held back, or cut off by the match. */
  readonly behind: number;
  /** The stop string that ended the text, if one did. Nothing may be pushed afterwards. */
  readonly matched?: string;
}

/** Watches one text. */
export class StopStrings {
  readonly #stops: readonly string[];
  #held = '';

  constructor(stops: readonly string[]) {
    this.#stops = stops;
  }

  push(text: string): StopResult {
    if (this.#stops.length === 0) return { text, behind: 0 };
    const seen = this.#held + text;
    const match = this.#earliest(seen);
    if (match !== undefined) {
      this.#held = '';
      return { text: seen.slice(0, match.at), behind: seen.length - match.at, matched: match.stop };
    }
    const free = seen.length - Math.max(...this.#stops.map((stop) => partialEnd(seen, stop)));
    this.#held = seen.slice(free);
    return { text: seen.slice(0, free), behind: this.#held.length };
  }

  /** What was held back when the text ended without a match. */
  flush(): string {
    const rest = this.#held;
    this.#held = '';
    return rest;
  }

  #earliest(text: string): { readonly at: number; readonly stop: string } | undefined {
    let found: { readonly at: number; readonly stop: string } | undefined;
    for (const stop of this.#stops) {
      const at = text.indexOf(stop);
      if (at >= 0 && (found === undefined || at < found.at)) found = { at, stop };
    }
    return found;
  }
}
