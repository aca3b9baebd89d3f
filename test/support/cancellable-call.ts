// A call that a test cancels by hand, as a client that leaves would.

import type { Cancellable } from '../../src/contract/model.ts';
import { cancelError } from '../../src/core/cancellation.ts';

export class CancellableCall implements Cancellable {
  readonly #abort = new AbortController();

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get cancelled(): boolean {
    return this.signal.aborted;
  }

  throwIfCancelled(): void {
    this.signal.throwIfAborted();
  }

  cancel(): void {
    this.#abort.abort(cancelError('disconnect'));
  }
}
