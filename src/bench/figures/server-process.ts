// Watches the server's process while the load runs, if it is on this machine: memory and CPU time, a sample at an interval.

import type { Clock, Timer } from '../../core/clock.ts';
import { type ProcFiles, systemProc } from './proc-files.ts';
import { type ProcessTree, readProcessTree } from './process-tree.ts';
import type { ServerSample } from './server-figures.ts';

export interface WatchOptions {
  readonly pid: number;
  readonly clock: Clock;
  /** The moment of the clock that counts as 0 in the records of requests. */
  readonly originMs: number;
  /** From the end of a sample to the next one: 500 ms where not given. */
  readonly everyMs?: number;
  readonly proc?: ProcFiles;
  readonly platform?: NodeJS.Platform;
}

/** Owns a timer until it is closed. */
export interface ServerWatch {
  /** So far, in order of time. */
  readonly samples: readonly ServerSample[];
  /** Why there are none, or no more. */
  readonly note: string | undefined;
  /** Takes a last sample and ends. Idempotent. */
  close(): Promise<void>;
}

// Some hundred samples a minute: enough for a slope, and far below what a core would notice.
const usualMs = 500;

/** Resolves when the first sample was taken, so that a load which begins then is covered from its start. Never throws: the note tells. */
export async function watchServer(options: WatchOptions): Promise<ServerWatch> {
  const watch = new ProcessWatch(options);
  await watch.begin();
  return watch;
}

class ProcessWatch implements ServerWatch {
  readonly samples: ServerSample[] = [];
  note: string | undefined;
  readonly #options: WatchOptions;
  readonly #proc: ProcFiles;
  #began: number | undefined;
  #timer: Timer | undefined;
  #sampling: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#proc = options.proc ?? systemProc;
  }

  async begin(): Promise<void> {
    const { pid, platform = process.platform } = this.#options;
    if (platform === 'linux') await this.#next();
    else this.note = `the memory and CPU time of another process are known on Linux alone, not on ${platform}`;
    if (platform === 'linux' && this.samples.length === 0) this.note = `no process with the id ${pid} could be read on this machine`;
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    this.#timer?.cancel();
    await this.#sampling;
    if (this.#began !== undefined && this.note === undefined) await this.#sample();
  }

  /** One at a time: a machine so busy that a sample takes longer than the interval gets fewer of them. */
  async #next(): Promise<void> {
    this.#sampling = this.#sample();
    await this.#sampling;
    if (this.note !== undefined || this.#closing !== undefined || this.#began === undefined) return;
    this.#timer = this.#options.clock.after(this.#options.everyMs ?? usualMs, () => void this.#next());
  }

  async #sample(): Promise<void> {
    const { clock, originMs, pid } = this.#options;
    const beforeMs = clock.now();
    const tree = await readProcessTree(this.#proc, pid);
    if (tree !== undefined && (this.#began === undefined || this.#began === tree.began)) {
      // Read somewhere between the two.
      this.#keep(tree, (beforeMs + clock.now()) / 2 - originMs);
    } else if (this.#began !== undefined) {
      this.note = `the process ${pid} of the server ended during the run`;
    }
  }

  #keep(tree: ProcessTree, atMs: number): void {
    this.#began = tree.began;
    // A child that ended leaves the sum until its parent has waited for it. Time that was used stays used.
    const cpuS = Math.max(tree.cpuS, this.samples.at(-1)?.cpuS ?? 0);
    this.samples.push({ atMs, rssMib: tree.rssMib, cpuS });
  }
}
