// The calls of one model that were accepted and are not over: what a drain waits for and then cancels.

import type { CancelReason } from '../core/cancellation.ts';
import type { Clock } from '../core/clock.ts';

/** Cancels one accepted call, queued or running. Idempotent. */
export type CancelCall = (reason: CancelReason) => void;

export class Calls {
  readonly #open = new Set<CancelCall>();
  readonly #idle: (() => void)[] = [];

  get count(): number {
    return this.#open.size;
  }

  /** Counts a call from its acceptance until the returned function is called. */
  enter(cancel: CancelCall): () => void {
    this.#open.add(cancel);
    return () => {
      this.#open.delete(cancel);
      if (this.#open.size === 0) for (const resolve of this.#idle.splice(0)) resolve();
    };
  }

  /** Resolves when no call is left. After `timeoutMs` those left are cancelled, and waited for no longer. */
  async drain(clock: Clock, timeoutMs: number, reason: CancelReason): Promise<void> {
    if (this.#open.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = clock.after(timeoutMs, () => {
        for (const cancel of [...this.#open]) cancel(reason);
        resolve();
      });
      this.#idle.push(() => {
        timer.cancel();
        resolve();
      });
    });
  }
}
