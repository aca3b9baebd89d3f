// One replica: a thread of its own, the calls on it, and the ladder that a cancelled call climbs until its place is free.

import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { type CancelReason, cancelError } from '../core/cancellation.ts';
import type { Clock, Timer } from '../core/clock.ts';
import { fromRecord, InferenceError } from '../core/errors.ts';
import type { CallInput, CallObserver, RunningCall } from '../contract/executor.ts';
import type { MethodName } from '../contract/methods.ts';
import type { Logger } from '../contract/model.ts';
import { ReplicaMemory } from '../contract/replica-memory.ts';
import type { FromHost, HostTask, ModelDescription, ModelDescriptor, ToHost } from '../contract/thread.ts';
import { ReplicaThread } from './replica-thread.ts';

export interface ReplicaOptions {
  readonly model: ModelDescriptor;
  /** File URL of the built host, `dist/workers/host/main.js`. */
  readonly hostFile: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A place became free, or the state changed. */
  readonly onChange: () => void;
}

/** `retired`: a cancelled call will not end; no new calls. `ended`: the thread is gone or going. */
export type ReplicaState = 'starting' | 'ready' | 'retired' | 'ended';

interface OpenCall {
  readonly callId: number;
  readonly slot: number;
  readonly method: MethodName;
  /** Undefined once the observer has heard the end, or must hear no more. */
  observer: CallObserver | undefined;
  cancelled: boolean;
  /** The task has resolved; the last message may not have come yet. */
  threadDone: boolean;
  ladder: Timer | undefined;
  readonly release: () => void;
}

// Cancel flags of a replica; far above any sensible concurrency.
const slots = 2_048;
// How often a thread that must end is looked at while it is inside native code.
const nativePollMs = 10;

export class Replica {
  readonly #options: ReplicaOptions;
  readonly #memory = new ReplicaMemory({ slots });
  readonly #thread: ReplicaThread;
  readonly #port: MessagePort;
  readonly #hostPort: MessagePort;
  readonly #open = new Map<number, OpenCall>();
  readonly #freeSlots = Array.from({ length: slots }, (_, index) => slots - 1 - index);
  readonly #reserved = new Map<MethodName, number>();
  #state: ReplicaState = 'starting';
  #nextCallId = 1;
  #stuck = false;
  #gone: Promise<void> | undefined;

  constructor(options: ReplicaOptions) {
    this.#options = options;
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#hostPort = port2;
    this.#port.on('message', (message: FromHost) => this.#hear(message));
    this.#thread = new ReplicaThread({ hostFile: options.hostFile, slots, onLost: (error) => this.#threadLost(error) });
  }

  get state(): ReplicaState {
    return this.#state;
  }

  /** Rung 4 was due, but the thread is inside native code or may never be ended. Passes when the call ends. */
  get stuck(): boolean {
    return this.#stuck;
  }

  get inFlight(): number {
    return this.#open.size;
  }

  /** Calls that run and places reserved. */
  get load(): number {
    return [...this.#reserved.values()].reduce((sum, count) => sum + count, this.#open.size);
  }

  /** Constructs and loads the model. Throws: invalid_model, load_failed. */
  async start(onConstructed: (description: ModelDescription) => void): Promise<void> {
    const task: HostTask = { kind: 'construct', model: this.#options.model, port: this.#hostPort, shared: this.#memory.buffer };
    const description = await this.#thread.run<ModelDescription>(task, [this.#hostPort]);
    onConstructed(description);
    await this.#thread.run<void>({ kind: 'load' });
    if (this.#thread.dead) throw new InferenceError('load_failed', 'the thread of the model ended while it loaded');
    if (this.#state !== 'starting') throw cancelError('unload');
    this.#become('ready');
  }

  /** Calls of the method that run or have a place reserved. */
  runs(method: MethodName): number {
    let count = this.#reserved.get(method) ?? 0;
    for (const call of this.#open.values()) if (call.method === method) count += 1;
    return count;
  }

  isHealthy(): Promise<boolean> {
    return this.#thread.run<boolean>({ kind: 'health' });
  }

  /** Keeps a place for the `call` that follows: between the two, others may look for room. */
  reserve(method: MethodName): void {
    this.#reserved.set(method, (this.#reserved.get(method) ?? 0) + 1);
  }

  /** Starts a call in a reserved place. Throws: replica_lost when the thread ended since. */
  call(input: CallInput, observer: CallObserver): RunningCall {
    this.#reserved.set(input.method, (this.#reserved.get(input.method) ?? 1) - 1);
    if (this.#state === 'ended') throw new InferenceError('replica_lost', 'the thread of the model was ended', { retryAfterMs: 1_000 });
    const slot = this.#freeSlots.pop();
    if (slot === undefined) throw new InferenceError('rate_limit_exceeded', `expected at most ${slots} calls on a replica`);
    const callId = this.#nextCallId++;
    this.#memory.clear(slot);
    let resolveReleased = (): void => {};
    const released = new Promise<void>((resolve) => {
      resolveReleased = resolve;
    });
    const call: OpenCall = {
      callId,
      slot,
      method: input.method,
      observer,
      cancelled: false,
      threadDone: false,
      ladder: undefined,
      release: resolveReleased,
    };
    this.#open.set(callId, call);
    const transfer = input.body === undefined ? [] : [input.body.bytes.buffer as ArrayBuffer]; // a body's buffer is never shared memory
    const task: HostTask = { kind: 'call', call: { callId, slot, method: input.method, body: input.body, request: input.request } };
    this.#thread.run<void>(task, transfer).then(
      () => this.#release(call),
      (error: unknown) => this.#threadLost(error),
    );
    return {
      cancel: (reason) => this.#cancel(call, reason),
      credit: (bytes) => this.#tell({ type: 'credit', callId, bytes }),
      released,
    };
  }

  /** Ends the thread once it is outside native code. Resolves false when that took longer than `giveUpMs`. Idempotent. */
  async close(giveUpMs: number): Promise<boolean> {
    const unload = (): Promise<void> => this.#thread.run<void>({ kind: 'unload' }).catch(() => undefined);
    if (this.#state === 'ready') await this.#within(unload(), giveUpMs);
    return this.#within(this.#end(), giveUpMs);
  }

  #hear(message: FromHost): void {
    if (message.type === 'log') {
      this.#options.logger[message.level](message.message, { model: this.#options.model.config.model_name, ...message.fields });
      return;
    }
    const call = this.#open.get(message.callId);
    const observer = call?.observer;
    if (call === undefined || observer === undefined) return; // its client has gone
    switch (message.type) {
      case 'head':
        observer.head(message.head);
        return;
      case 'chunk':
        observer.chunk(message.bytes, message.events);
        return;
      case 'whole':
        observer.head(message.head);
        observer.chunk(message.bytes, 0);
        this.#finish(call, () => observer.end(message.usage));
        return;
      case 'end':
        this.#finish(call, () => observer.end(message.usage));
        return;
      case 'fail':
        this.#finish(call, () => observer.fail(fromRecord(message.error), message.framed));
    }
  }

  /** Rung 1 now; rungs 3 and 4 by the clock. */
  #cancel(call: OpenCall, reason: CancelReason): void {
    if (call.cancelled || !this.#open.has(call.callId)) return;
    const { config } = this.#options.model;
    call.cancelled = true;
    call.observer = undefined;
    if (call.threadDone) {
      this.#forget(call);
      return;
    }
    this.#memory.cancel(call.slot, reason);
    this.#tell({ type: 'cancel', callId: call.callId, reason });
    call.ladder = this.#options.clock.after(config.runtime.cancel_grace_ms, () => {
      if (this.#state === 'ready') this.#become('retired');
      call.ladder = this.#options.clock.after(config.runtime.kill_grace_ms, () => {
        if (config.runtime.terminable) void this.#end();
        else this.#become('retired', true);
      });
    });
  }

  /** The thread is done with the call. */
  #release(call: OpenCall): void {
    call.ladder?.cancel();
    call.threadDone = true;
    // The port and the task's own channel are not ordered with each other: the last message may still be on its way.
    if (call.observer === undefined) this.#forget(call);
  }

  #forget(call: OpenCall): void {
    if (!this.#open.delete(call.callId)) return;
    this.#freeSlots.push(call.slot);
    call.release();
    const stuck = [...this.#open.values()].some((other) => other.cancelled);
    if (this.#state === 'retired' && !stuck) this.#become('ready', false);
    else this.#options.onChange();
  }

  /** The call's last message: its observer hears nothing after it. */
  #finish(call: OpenCall, tell: () => void): void {
    call.observer = undefined;
    tell();
    if (call.threadDone) this.#forget(call);
  }

  /** The thread died, or a message could not reach it. */
  #threadLost(error: unknown): void {
    if (this.#state === 'starting') return; // `start` rejects, and whoever called it closes
    if (this.#state !== 'ended')
      this.#options.logger.warn('a model thread was lost', { model: this.#options.model.config.model_name, error: String(error) });
    void this.#end();
  }

  /** Rung 4: no new native call from here on; the thread ends when the running one, if any, is over. */
  #end(): Promise<void> {
    this.#gone ??= this.#endOnce();
    return this.#gone;
  }

  async #endOnce(): Promise<void> {
    this.#become('ended', !this.#mayEnd());
    while (!this.#mayEnd()) await this.#wait(nativePollMs);
    await this.#thread.end();
    this.#stuck = false;
    this.#port.close();
    for (const call of [...this.#open.values()]) {
      call.ladder?.cancel();
      const { observer } = call;
      call.observer = undefined;
      this.#open.delete(call.callId);
      observer?.fail(new InferenceError('replica_lost', 'the thread of the model was ended', { retryAfterMs: 1_000 }), false);
      call.release();
    }
    this.#options.onChange();
  }

  /** Whether ending the thread now harms nothing. */
  #mayEnd(): boolean {
    const outsideNative = this.#memory.mayEnd();
    // A thread that died inside native code has left its count up.
    if (this.#thread.dead) return true;
    // What the class calls on its own is not counted: only a thread that does nothing is known to be outside of it.
    return outsideNative && (this.#options.model.config.runtime.terminable || this.#thread.tasks === 0);
  }

  #tell(message: ToHost): void {
    this.#port.postMessage(message);
  }

  #become(state: ReplicaState, stuck = this.#stuck): void {
    if (this.#state === 'ended' || (this.#state === state && this.#stuck === stuck)) return;
    this.#state = state;
    this.#stuck = stuck;
    this.#options.onChange();
  }

  /** Whether the work is done before the time is up. */
  async #within(work: Promise<unknown>, limitMs: number): Promise<boolean> {
    let timer: Timer | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = this.#options.clock.after(limitMs, () => resolve(false));
    });
    try {
      return await Promise.race([work.then(() => true), late]);
    } finally {
      timer?.cancel();
    }
  }

  #wait(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#options.clock.after(delayMs, resolve);
    });
  }
}
