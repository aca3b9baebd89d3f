// Lets one generation at a time use a decoder; the others wait in order, and leave the line when they are cancelled.

import type { Cancellable } from '../../src/contract/model.ts';

export class Turn {
  #taken = false;
  readonly #waiting = new Set<() => void>();

  /**
   * Waits for the turn. Call the returned function to give it back; calling it again does nothing.
   * Throws: the cancellation's error, when the call is cancelled first.
   */
  async take(call: Cancellable): Promise<() => void> {
    call.throwIfCancelled();
    if (this.#taken) await this.#wait(call);
    this.#taken = true;
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.#pass();
    };
  }

  // The turn goes over without being free in between, so that a newcomer cannot take it from one who waited.
  #pass(): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#taken = false;
    else next();
  }

  async #wait(call: Cancellable): Promise<void> {
    const { promise, resolve } = deferred();
    let reached = false;
    const enter = (): void => {
      reached = true;
      this.#waiting.delete(enter);
      resolve();
    };
    const leave = (): void => {
      this.#waiting.delete(enter);
      resolve();
    };
    this.#waiting.add(enter);
    call.signal.addEventListener('abort', leave, { once: true });
    try {
      await promise;
    } finally {
      call.signal.removeEventListener('abort', leave);
    }
    if (!call.cancelled && reached) return;
    // Cancelled, perhaps in the moment its turn came: the turn must not be lost.
    if (reached) this.#pass();
    call.throwIfCancelled();
    throw call.signal.reason;
  }
}

// Promise.withResolvers is younger than the oldest Node this runs on.
function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
