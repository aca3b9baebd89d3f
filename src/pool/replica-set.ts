// The replicas of one model: who has room, and who takes the place of one that ended.

import type { Clock, Timer } from '../core/clock.ts';
import { InferenceError } from '../core/errors.ts';
import { type MethodName, methods } from '../contract/methods.ts';
import type { Logger } from '../contract/model.ts';
import type { ModelDescription, ModelDescriptor } from '../contract/thread.ts';
import { HealthProbe } from './health-probe.ts';
import { Replica } from './replica.ts';

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
  /** Replacements failed one after another; the model cannot serve. */
  readonly onFailed: (error: unknown) => void;
}

// Replacing a replica that ends again at once would burn a core: each failure doubles the pause. After some in a row the model is
// given up, unless other replicas serve it.
const firstRestartDelayMs = 200;
const longestRestartDelayMs = 30_000;
const mostRestartFailures = 5;

// With preprocess and postprocess a call has three stages; as many calls as predict takes can be in each.
const stages = 3;

export class ReplicaSet {
  readonly #options: ReplicaSetOptions;
  readonly #replicas = new Set<Replica>();
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
    return [...this.#replicas].filter((replica) => replica.stuck).length < this.#options.replicas;
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
    await Promise.all(Array.from({ length: this.#options.replicas }, () => this.#add()));
  }

  /** Reserves a place on the least loaded ready replica with room for one more call of the method. */
  reserve(method: MethodName): Replica | undefined {
    const limit = this.#concurrency(method);
    let best: Replica | undefined;
    for (const replica of this.#replicas) {
      if (replica.state !== 'ready' || replica.runs(method) >= limit) continue;
      // With what is reserved, since places are given out in one turn before the first of their calls starts.
      if (best === undefined || replica.load < best.load) best = replica;
    }
    best?.reserve(method);
    return best;
  }

  /** Asks a ready replica where the class can be asked; none ready is unhealthy. */
  async isHealthy(): Promise<boolean> {
    const ready = this.#ready();
    if (ready === undefined) return false;
    return this.#description?.hasIsHealthy === true ? this.#health.isHealthy(() => ready.isHealthy()) : true;
  }

  /** Ends all threads. False: a native run outlived `giveUpMs`. Idempotent. */
  async close(giveUpMs: number): Promise<boolean> {
    this.#closed = true;
    for (const timer of this.#restarts) timer.cancel();
    this.#restarts.clear();
    const ended = await Promise.all([...this.#replicas].map((replica) => replica.close(giveUpMs)));
    return ended.every(Boolean);
  }

  #ready(): Replica | undefined {
    return [...this.#replicas].find((replica) => replica.state === 'ready');
  }

  #concurrency(method: MethodName): number {
    const { runtime } = this.#options.model.config;
    // Inside the replica `predict` alone holds a permit, so the other stages of further calls run beside it.
    if (method === 'predict') return runtime.predict_concurrency * (this.#description?.hasStages === true ? stages : 1);
    return runtime.concurrency[method] ?? runtime.concurrency[methods[method].alias ?? method] ?? 1;
  }

  async #add(): Promise<void> {
    const { model, hostFile, clock, logger } = this.#options;
    const replica: Replica = new Replica({ model, hostFile, clock, logger, onChange: () => this.#changed(replica) });
    this.#replicas.add(replica);
    let deadline: Timer | undefined;
    try {
      await Promise.race([
        replica.start((description) => {
          this.#description = description;
          this.#options.onDescribed(description);
        }),
        new Promise<never>((_, reject) => {
          const { load_timeout_ms: timeoutMs } = model.config.runtime;
          deadline = clock.after(timeoutMs, () => reject(new InferenceError('load_failed', `load took longer than ${timeoutMs} ms`)));
        }),
      ]);
      this.#restartFailures = 0;
    } catch (error) {
      this.#replicas.delete(replica);
      await replica.close(model.config.runtime.kill_grace_ms);
      throw error;
    } finally {
      deadline?.cancel();
    }
  }

  /** Replaces a replica once its thread is gone; until then its place stays counted. */
  #changed(replica: Replica): void {
    if (replica.state === 'ready') this.#options.onRoom();
    if (replica.state !== 'ended' || replica.inFlight > 0 || !this.#replicas.has(replica) || this.#closed) return;
    this.#replicas.delete(replica);
    this.#replace(replica);
  }

  #replace(ended: Replica): void {
    const delayMs = Math.min(longestRestartDelayMs, firstRestartDelayMs * 2 ** this.#restartFailures);
    // The thread must be gone, not only going: two copies of a model may not fit in memory.
    void ended.close(Number.MAX_SAFE_INTEGER).then(() => {
      if (this.#closed) return;
      const timer = this.#options.clock.after(this.#restartFailures === 0 ? 0 : delayMs, () => {
        this.#restarts.delete(timer);
        this.#add().catch((error: unknown) => this.#restartFailed(ended, error));
      });
      this.#restarts.add(timer);
    });
  }

  #restartFailed(ended: Replica, error: unknown): void {
    if (this.#closed) return; // the close itself ended the replica that was starting
    this.#restartFailures += 1;
    this.#options.logger.error('a replica could not be replaced', { model: this.#options.model.config.model_name, error: String(error) });
    if (this.#restartFailures >= mostRestartFailures && this.#ready() === undefined) this.#options.onFailed(error);
    else this.#replace(ended);
  }
}
