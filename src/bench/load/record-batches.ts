// Gathers records into batches: telling of each alone would cost a message between threads for each.

import type { Clock, Timer } from '../../core/clock.ts';
import type { RequestRecord } from '../request-record.ts';

const largest = 256;
/** Short enough for what shows progress. */
const longestMs = 100;

/** Owns: its timer, cancelled by `flush`. */
export class RecordBatches {
  readonly #clock: Clock;
  readonly #tell: (records: readonly RequestRecord[]) => void;
  #batch: RequestRecord[] = [];
  #timer: Timer | undefined;

  constructor(clock: Clock, tell: (records: readonly RequestRecord[]) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  add(record: RequestRecord): void {
    this.#batch.push(record);
    if (this.#batch.length >= largest) this.flush();
    else this.#timer ??= this.#clock.after(longestMs, () => this.flush());
  }

  /** Tells what there is, if anything. */
  flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#batch.length === 0) return;
    const batch = this.#batch;
    this.#batch = [];
    this.#tell(batch);
  }
}
