// The memory that a replica's thread and the main thread share: what must be seen even inside a synchronous loop.

import { type CancelReason, cancelCode, cancelReason } from '../core/cancellation.ts';

// Layout, in 32-bit words: [0] native calls in flight, [1] thread is ending, [2…] cancel flag of each slot.
const nativeCalls = 0;
const ending = 1;
const firstSlot = 2;

/**
 * One replica's shared words. `mayEnd` and `enterNative` form Dekker's handshake: the thread raises the counter, then
 * reads the ending flag; the main thread raises the flag, then reads the counter. At least one of them sees the other, so
 * a thread never ends inside native code. Atomics are sequentially consistent, which the handshake needs.
 */
export class ReplicaMemory {
  readonly buffer: SharedArrayBuffer;
  readonly #words: Int32Array;

  constructor(source: { readonly slots: number } | SharedArrayBuffer) {
    this.buffer = source instanceof SharedArrayBuffer ? source : new SharedArrayBuffer((firstSlot + source.slots) * 4);
    this.#words = new Int32Array(this.buffer);
  }

  cancel(slot: number, reason: CancelReason): void {
    // The first reason wins: a deadline that passes after the client left changes nothing.
    Atomics.compareExchange(this.#words, firstSlot + slot, 0, cancelCode(reason));
  }

  cancelled(slot: number): CancelReason | undefined {
    return cancelReason(Atomics.load(this.#words, firstSlot + slot));
  }

  clear(slot: number): void {
    Atomics.store(this.#words, firstSlot + slot, 0);
  }

  /** On the replica's thread, before a native call. False: the thread is ending, the call must not start. */
  enterNative(): boolean {
    Atomics.add(this.#words, nativeCalls, 1);
    if (Atomics.load(this.#words, ending) === 0) return true;
    this.leaveNative();
    return false;
  }

  leaveNative(): void {
    Atomics.sub(this.#words, nativeCalls, 1);
  }

  /** On the main thread: forbids new native calls, and tells whether the thread is outside native code now. */
  mayEnd(): boolean {
    Atomics.store(this.#words, ending, 1);
    return Atomics.load(this.#words, nativeCalls) === 0;
  }
}
