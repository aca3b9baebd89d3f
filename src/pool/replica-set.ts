// The replicas of one model: who has room, and who takes the place of one that ended.

import type { Clock, Timer } from '../core/clock.ts';
import { InferenceError } from '../core/errors.ts';
import type { ModelCapabilities } from '../contract/capabilities.ts';
import { type MethodName, methods } from '../contract/methods.ts';
import type { Logger } from '../contract/model.ts';
import type { ModelDescription, ModelDescriptor } from '../contract/thread.ts';
import { HealthProbe } from './health-probe.ts';
import { Replica, type ReplicaState } from './replica.ts';

export interface ReplicaSetOptions {
  readonly model: ModelDescriptor;
  readonly replicas: number;
  readonly hostFile: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A replica has room that it had not before. */
  readonly onRoom: () => void;
  /** The class is known, from the first construction on; the model may still fail to load. */
  readonly onDescribed: (description: ModelDescription) => void;
  /** What the model can do is known, once a replica has loaded; before any call reaches it. */
  readonly onLoaded: (capabilities: ModelCapabilities) => void;
  /** Replacements failed one after another; the model cannot serve. */
  readonly onFailed: (error: unknown) => void;
}

// Replacing a replica that ends again at once would burn a core: each failure doubles the pause. After some in a row the model is
// given up, unless other replicas serve it.
const firstRestartDelayMs = 200;
const longestRestartDelayMs = 30_000;
const mostRestartFailures = 5;
// A replica that ends sooner than this, and before any call came to its end, was no success of its load.
const provenAfterMs = 30_000;

// With preprocess and postprocess a call has three stages; as many calls as predict takes can be in each.
const stages = 3;

export class ReplicaSet {
  readonly #options: ReplicaSetOptions;
  readonly #replicas = new Set<Replica>();
  /** No longer of the set, but their threads are there still, perhaps inside native code. */
  readonly #ending = new Set<Replica>();
  /** Ready, and not proven yet. */
  readonly #unproven = new Map<Replica, Timer>();
  #restartFailures = 0;
  readonly #restarts = new Set<Timer>();
  readonly #health: HealthProbe;
  #description: ModelDescription | undefined;
  #closed = false;

  constructor(options: ReplicaSetOptions) {
    this.#options = options;
    this.#health = new HealthProbe(options.clock);
  }

  /** False: every replica is stuck, and only a new process helps. */
  get alive(): boolean {
    return [...this.#replicas, ...this.#ending].filter((replica) => replica.stuck).length < this.#options.replicas;
  }

  get counts(): { readonly ready: number; readonly retired: number; readonly total: number } {
    const states = [...this.#replicas].map((replica) => replica.state);
    return {
      ready: states.filter((state) => state === 'ready').length,
      retired: states.filter((state) => state === 'retired' || state === 'ended').length,
      total: this.#options.replicas,
    };
  }

  get running(): number {
    return [...this.#replicas].reduce((sum, replica) => sum + replica.inFlight, 0);
  }

  /** Starts all replicas. Throws: what the first one to fail threw. */
  async load(): Promise<void> {
    await Promise.all(Array.from({ length: this.#options.replicas }, () => this.#load(this.#create())));
  }

  /** Reserves a place on the least loaded ready replica with room for one more call of the method. */
  reserve(method: MethodName): Replica | undefined {
    if (this.#closed) return undefined;
    const limit = this.#concurrency(method);
    let best: Replica | undefined;
    for (const replica of this.#replicas) {
      if (!replica.hasRoom || replica.runs(method) >= limit) continue;
      // With what is reserved, since places are given out in one turn before the first of their calls starts.
      if (best === undefined || replica.load < best.load) best = replica;
    }
    best?.reserve(method);
    return best;
  }

  /** Asks a ready replica where the class can be asked; none ready is unhealthy. */
  async isHealthy(): Promise<boolean> {
    const ready = this.#inState('ready');
    if (ready === undefined) return false;
    return this.#description?.hasIsHealthy === true ? this.#health.isHealthy(ready) : true;
  }

  /** Ends all threads. False: a native run outlived `giveUpMs`. Idempotent. */
  async close(giveUpMs: number): Promise<boolean> {
    this.#closed = true;
    for (const timer of this.#restarts) timer.cancel();
    this.#restarts.clear();
    for (const timer of this.#unproven.values()) timer.cancel();
    this.#unproven.clear();
    const ended = await Promise.all([...this.#replicas, ...this.#ending].map((replica) => replica.close(giveUpMs)));
    return ended.every(Boolean);
  }

  #inState(...states: readonly ReplicaState[]): Replica | undefined {
    return [...this.#replicas].find((replica) => states.includes(replica.state));
  }

  #concurrency(method: MethodName): number {
    const { runtime } = this.#options.model.config;
    // Inside the replica `predict` alone holds a permit, so the other stages of further calls run beside it.
    if (method === 'predict') return runtime.predict_concurrency * (this.#description?.hasStages === true ? stages : 1);
    return runtime.concurrency[method] ?? runtime.concurrency[methods[method].alias ?? method] ?? 1;
  }

  #create(): Replica {
    const { model, hostFile, clock, logger } = this.#options;
    const replica: Replica = new Replica({ model, hostFile, clock, logger, onChange: () => this.#changed(replica) });
    this.#replicas.add(replica);
    return replica;
  }

  async #load(replica: Replica): Promise<void> {
    const { model, clock } = this.#options;
    let deadline: Timer | undefined;
    try {
      const capabilities = await Promise.race([
        replica.start((description) => {
          this.#description = description;
          this.#options.onDescribed(description);
        }),
        new Promise<never>((_, reject) => {
          const { load_timeout_ms: timeoutMs } = model.config.runtime;
          deadline = clock.after(timeoutMs, () => reject(new InferenceError('load_failed', `load took longer than ${timeoutMs} ms`)));
        }),
      ]);
      this.#options.onLoaded(capabilities);
      if (replica.state === 'ready' && !this.#closed)
        this.#unproven.set(
          replica,
          clock.after(provenAfterMs, () => this.#proven(replica)),
        );
    } catch (error) {
      void this.#remove(replica);
      await replica.close(model.config.runtime.kill_grace_ms);
      throw error;
    } finally {
      deadline?.cancel();
    }
  }

  /** Replaces a replica once its thread is gone; until then its place stays counted. */
  #changed(replica: Replica): void {
    if (replica.served) this.#proven(replica);
    if (replica.state === 'ready') this.#options.onRoom();
    if (replica.state !== 'ended' || replica.inFlight > 0 || !this.#replicas.has(replica) || this.#closed) return;
    // A load that failed is counted where it fails.
    const delayMs = this.#restartDelay();
    const early = this.#unproven.get(replica);
    if (early !== undefined) {
      early.cancel();
      this.#unproven.delete(replica);
      this.#restartFailures += 1;
    }
    this.#replace(replica, delayMs);
  }

  /** Its load was a success for good, so the next failure is the first one. */
  #proven(replica: Replica): void {
    const timer = this.#unproven.get(replica);
    if (timer === undefined) return;
    timer.cancel();
    this.#unproven.delete(replica);
    this.#restartFailures = 0;
  }

  /** Takes a replica out of the set; resolves when its thread is gone. */
  async #remove(replica: Replica): Promise<void> {
    this.#replicas.delete(replica);
    this.#ending.add(replica);
    await replica.close(Number.MAX_SAFE_INTEGER);
    this.#ending.delete(replica);
  }

  #restartDelay(): number {
    if (this.#restartFailures === 0) return 0;
    return Math.min(longestRestartDelayMs, firstRestartDelayMs * 2 ** this.#restartFailures);
  }

  #replace(gone: Replica, delayMs: number): void {
    // The thread must be gone, not only going: two copies of a model may not fit in memory.
    void this.#remove(gone).then(() => {
      if (this.#closed) return;
      const timer = this.#options.clock.after(delayMs, () => {
        this.#restarts.delete(timer);
        const next = this.#create();
        this.#load(next).catch((error: unknown) => this.#restartFailed(next, error));
      });
      this.#restarts.add(timer);
    });
  }

  #restartFailed(failed: Replica, error: unknown): void {
    if (this.#closed) return; // the close itself ended the replica that was starting
    this.#restartFailures += 1;
    this.#options.logger.error('a replica could not be replaced', { model: this.#options.model.config.model_name, error: String(error) });
    // A retired replica serves again when its call ends.
    if (this.#restartFailures < mostRestartFailures || this.#inState('ready', 'retired') !== undefined) {
      this.#replace(failed, this.#restartDelay());
      return;
    }
    this.#options.onFailed(error);
    void this.close(this.#options.model.config.runtime.kill_grace_ms);
  }
}
