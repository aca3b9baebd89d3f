// One replica: a thread of its own, the calls on it, and the ladder that a cancelled call climbs until its place is free.

import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { type CancelReason, cancelError } from '../core/cancellation.ts';
import type { Clock, Timer } from '../core/clock.ts';
import { InferenceError } from '../core/errors.ts';
import type { ModelCapabilities } from '../contract/capabilities.ts';
import type { CallInput, CallObserver, RunningCall } from '../contract/executor.ts';
import type { MethodName } from '../contract/methods.ts';
import type { Logger } from '../contract/model.ts';
import { ReplicaMemory } from '../contract/replica-memory.ts';
import type { FromHost, HostTask, ModelDescription, ModelDescriptor, ToHost } from '../contract/thread.ts';
import { type OpenCall, OpenCalls, slots } from './open-calls.ts';
import { failGuarded, isLast, logLine, nameOf, tellObserver } from './guarded-telling.ts';
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

// How often a thread that must end is looked at while it is inside native code.
const nativePollMs = 10;

export class Replica {
  readonly #options: ReplicaOptions;
  readonly #memory = new ReplicaMemory({ slots });
  readonly #thread: ReplicaThread;
  readonly #port: MessagePort;
  readonly #hostPort: MessagePort;
  readonly #open = new OpenCalls();
  #state: ReplicaState = 'starting';
  #served = false;
  #stuck = false;
  #unloaded: Promise<void> | undefined;
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
    return this.#open.load;
  }

  /** Whether the thread has come to the end of a call. */
  get served(): boolean {
    return this.#served;
  }

  /** Whether one more place can be reserved, of whatever method. */
  get hasRoom(): boolean {
    return this.#state === 'ready' && this.#open.load < slots;
  }

  /** Constructs and loads the model; returns what it can do. Throws: invalid_model, load_failed. */
  async start(onConstructed: (description: ModelDescription) => void): Promise<ModelCapabilities> {
    const task: HostTask = { kind: 'construct', model: this.#options.model, port: this.#hostPort, shared: this.#memory.buffer };
    const description = await this.#thread.run<ModelDescription>(task, [this.#hostPort]);
    onConstructed(description);
    const capabilities = await this.#thread.run<ModelCapabilities>({ kind: 'load' });
    if (this.#thread.dead) throw new InferenceError('load_failed', 'the thread of the model ended while it loaded');
    if (this.#state !== 'starting') throw cancelError('unload');
    this.#become('ready');
    return capabilities;
  }

  /** Calls of the method that run or have a place reserved. */
  runs(method: MethodName): number {
    return this.#open.runs(method);
  }

  isHealthy(): Promise<boolean> {
    return this.#thread.run<boolean>({ kind: 'health' });
  }

  /** Keeps a place for the `call` that follows: between the two, others may look for room. */
  reserve(method: MethodName): void {
    this.#open.reserve(method);
  }

  /** Starts a call in a reserved place. Throws: replica_lost when the thread ended since. */
  call(input: CallInput, observer: CallObserver): RunningCall {
    this.#open.unreserve(input.method);
    if (this.#state === 'ended') throw new InferenceError('replica_lost', 'the thread of the model was ended', { retryAfterMs: 1_000 });
    const call = this.#open.open(input.method, observer);
    const { callId, slot, released } = call;
    this.#memory.clear(slot);
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
    if (this.#state === 'ready' && this.#open.size > 0) {
      const { cancel_grace_ms: cancelGraceMs, kill_grace_ms: killGraceMs } = this.#options.model.config.runtime;
      await this.#within(this.#open.empty(), cancelGraceMs + killGraceMs);
    }
    // Never beside a call: `unload` frees what the call works with.
    if (this.#state === 'ready' && this.#open.size === 0) {
      this.#unloaded ??= this.#thread.run<void>({ kind: 'unload' }).catch(() => undefined);
      await this.#within(this.#unloaded, giveUpMs);
    }
    return this.#within(this.#end(), giveUpMs);
  }

  /** Nothing may escape from here: it would be an exception that nobody catches. */
  #hear(message: FromHost): void {
    if (message.type === 'log') {
      logLine(this.#options.logger, this.#options.model.config.model_name, message);
      return;
    }
    const call = this.#open.get(message.callId);
    const observer = call?.observer;
    if (call === undefined || observer === undefined) return; // its client has gone
    // The observer hears nothing after the last message.
    if (isLast(message)) call.observer = undefined;
    try {
      tellObserver(observer, message);
    } catch (error) {
      this.#observerThrew(call, observer, error);
      return;
    }
    if (isLast(message) && call.threadDone) this.#forget(call);
  }

  #observerThrew(call: OpenCall, observer: CallObserver, error: unknown): void {
    this.#warn('a result could not be passed on', nameOf(error));
    this.#cancel(call, 'disconnect');
    failGuarded(observer, new InferenceError('invalid_result', 'expected a result that can be sent, got one that failed on its way'));
  }

  /** Rung 1 now; rungs 3 and 4 by the clock. */
  #cancel(call: OpenCall, reason: CancelReason): void {
    if (!this.#open.markCancelled(call)) return;
    const { config } = this.#options.model;
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
    this.#served = true;
    // The port and the task's own channel are not ordered with each other: the last message may still be on its way.
    if (call.observer === undefined) this.#forget(call);
  }

  #forget(call: OpenCall): void {
    if (!this.#open.delete(call)) return;
    call.release();
    if (this.#state === 'retired' && this.#open.cancelled === 0) this.#become('ready', false);
    else this.#options.onChange();
  }

  /** The thread died, or a message could not reach it. */
  #threadLost(error: unknown): void {
    if (this.#state === 'starting') return; // `start` rejects, and whoever called it closes
    if (this.#state !== 'ended') this.#warn('a model thread was lost', String(error));
    void this.#end();
  }

  /** Rung 4: no new native call from here on; the thread ends when the running one, if any, is over. */
  #end(): Promise<void> {
    if (this.#gone !== undefined) return this.#gone;
    // Known before anybody hears of the new state, since whoever hears of it may close.
    let settle = (_: Promise<void>): void => {};
    this.#gone = new Promise((resolve) => {
      settle = resolve;
    });
    settle(this.#endOnce());
    return this.#gone;
  }

  async #endOnce(): Promise<void> {
    this.#become('ended', !this.#mayEnd());
    while (!this.#mayEnd()) await this.#wait(nativePollMs);
    await this.#thread.end();
    this.#stuck = false;
    this.#port.close();
    for (const call of this.#open.all()) {
      const { observer } = call;
      call.observer = undefined;
      this.#open.delete(call);
      const lost = new InferenceError('replica_lost', 'the thread of the model was ended', { retryAfterMs: 1_000 });
      if (observer !== undefined) failGuarded(observer, lost);
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
    return outsideNative && (this.#options.model.config.runtime.terminable || this.#thread.work === 0);
  }

  #warn(message: string, error: string): void {
    logLine(this.#options.logger, this.#options.model.config.model_name, { level: 'warn', message, fields: { error } });
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
