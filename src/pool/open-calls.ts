// The calls on one replica and the places kept for more: counted as they come and go, because every call asks for the counts.

import type { Timer } from '../core/clock.ts';
import { InferenceError } from '../core/errors.ts';
import type { CallObserver } from '../contract/executor.ts';
import type { MethodName } from '../contract/methods.ts';

export interface OpenCall {
  readonly callId: number;
  /** Index of its cancel flag. */
  readonly slot: number;
  readonly method: MethodName;
  readonly released: Promise<void>;
  readonly release: () => void;
  /** Undefined once the observer has heard the end, or must hear no more. */
  observer: CallObserver | undefined;
  /** Set by {@link OpenCalls.markCancelled}. */
  cancelled: boolean;
  /** The task has resolved; the last message may not have come yet. */
  threadDone: boolean;
  ladder: Timer | undefined;
}

/** Cancel flags of a replica, and so the most calls it can have at once. */
export const slots = 2_048;

export class OpenCalls {
  readonly #calls = new Map<number, OpenCall>();
  readonly #running = new Map<MethodName, number>();
  readonly #reserved = new Map<MethodName, number>();
  readonly #freeSlots = Array.from({ length: slots }, (_, index) => slots - 1 - index);
  #nextCallId = 1;
  #places = 0;
  #cancelled = 0;
  #onEmpty: (() => void)[] = [];

  get size(): number {
    return this.#calls.size;
  }

  /** Calls that run and places reserved. */
  get load(): number {
    return this.#calls.size + this.#places;
  }

  /** How many of the calls were cancelled. */
  get cancelled(): number {
    return this.#cancelled;
  }

  /** Calls of the method that run or have a place reserved. */
  runs(method: MethodName): number {
    return (this.#running.get(method) ?? 0) + (this.#reserved.get(method) ?? 0);
  }

  get(callId: number): OpenCall | undefined {
    return this.#calls.get(callId);
  }

  reserve(method: MethodName): void {
    add(this.#reserved, method, 1);
    this.#places += 1;
  }

  /** The reserved place becomes a call, or nothing. */
  unreserve(method: MethodName): void {
    if ((this.#reserved.get(method) ?? 0) === 0) return;
    add(this.#reserved, method, -1);
    this.#places -= 1;
  }

  /** Throws: internal_error when every slot is taken, which `reserve` was to prevent. */
  open(method: MethodName, observer: CallObserver): OpenCall {
    const slot = this.#freeSlots.pop();
    if (slot === undefined) {
      throw new InferenceError('internal_error', `expected at most ${slots} calls on a replica, got ${this.#calls.size + 1}`);
    }
    let release = (): void => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const callId = this.#nextCallId++;
    const call: OpenCall = {
      callId,
      slot,
      method,
      released,
      release,
      observer,
      cancelled: false,
      threadDone: false,
      ladder: undefined,
    };
    this.#calls.set(callId, call);
    add(this.#running, method, 1);
    return call;
  }

  /** False: it is over, or was cancelled before. */
  markCancelled(call: OpenCall): boolean {
    if (call.cancelled || !this.#calls.has(call.callId)) return false;
    call.cancelled = true;
    this.#cancelled += 1;
    return true;
  }

  /** Frees the place of a call. False: it was free. */
  delete(call: OpenCall): boolean {
    if (!this.#calls.delete(call.callId)) return false;
    add(this.#running, call.method, -1);
    if (call.cancelled) this.#cancelled -= 1;
    this.#freeSlots.push(call.slot);
    call.ladder?.cancel();
    if (this.#calls.size === 0) for (const resolve of this.#onEmpty.splice(0)) resolve();
    return true;
  }

  /** Resolves when no call runs. */
  async empty(): Promise<void> {
    if (this.#calls.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#onEmpty.push(resolve);
    });
  }

  /** The calls of this moment, for whoever ends them all. */
  all(): readonly OpenCall[] {
    return [...this.#calls.values()];
  }
}

function add(counts: Map<MethodName, number>, method: MethodName, change: number): void {
  counts.set(method, (counts.get(method) ?? 0) + change);
}
