// The thread of one replica: the tasks on it, and the news of its death. The only file that knows Piscina.

import type { MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { fromRecord } from '../core/errors.ts';
import type { HostTask, TaskOutcome } from '../contract/thread.ts';

export interface ReplicaThreadOptions {
  /** File URL of the built host, `dist/workers/host/main.js`. */
  readonly hostFile: string;
  /** Most tasks at once. */
  readonly slots: number;
  /** The thread ended by itself, idle or with tasks on it. May come more than once. */
  readonly onLost: (error: unknown) => void;
}

/** Owns: the thread, ended by `end`. */
export class ReplicaThread {
  readonly #onLost: (error: unknown) => void;
  readonly #pool: Piscina;
  #tasks = 0;
  #work = 0;
  #dead = false;

  constructor({ hostFile, slots, onLost }: ReplicaThreadOptions) {
    this.#onLost = onLost;
    this.#pool = new Piscina({
      filename: hostFile,
      minThreads: 1,
      maxThreads: 1,
      idleTimeout: Number.POSITIVE_INFINITY,
      concurrentTasksPerWorker: slots,
      // The default freezes an idle worker's loop, and with it every timer of the model.
      atomics: 'async',
      recordTiming: false,
    });
    // A thread that dies with tasks on it is heard of through them, an idle one through these. Piscina has a new thread in
    // its place at once, which knows no model.
    this.#pool.on('error', onLost);
    this.#pool.on('workerDestroy', () => {
      this.#dead = true;
      // Later, since the pool still counts the thread now: its `destroy` would wait for an end that has been.
      queueMicrotask(() => {
        if (this.#tasks === 0) onLost('it ended by itself');
      });
    });
  }

  /** Tasks on the thread without `health` and `unload`: a model that never answers those must not keep it for ever. */
  get work(): number {
    return this.#work;
  }

  /** Whether the thread is gone, ended or by itself. */
  get dead(): boolean {
    return this.#dead;
  }

  /** Carries out a task on the thread. `transfer` is unusable afterwards. Throws: the task's error, or what ended the thread. */
  async run<T>(task: HostTask, transfer: readonly (MessagePort | ArrayBuffer)[] = []): Promise<T> {
    const work = task.kind === 'health' || task.kind === 'unload' ? 0 : 1;
    this.#tasks += 1;
    this.#work += work;
    try {
      const outcome: TaskOutcome<T> = await this.#pool.run(task, { transferList: [...transfer] });
      if (!outcome.ok) throw fromRecord(outcome.error);
      return outcome.value;
    } catch (error) {
      if (this.#dead) this.#onLost(error);
      throw error;
    } finally {
      this.#tasks -= 1;
      this.#work -= work;
    }
  }

  /** Ends the thread, wherever it is. Idempotent. */
  end(): Promise<void> {
    return this.#pool.destroy();
  }
}
