// Counts that all client threads share: which request of a closed loop is next, and how far the run is.

const cells = { tickets: 0, intended: 1, ended: 2 } as const;

/** Counts in shared memory, which `memory` makes and any thread may be given. */
export class SharedCounts {
  readonly #cells: Int32Array;

  constructor(memory: SharedArrayBuffer) {
    this.#cells = new Int32Array(memory);
  }

  static memory(): SharedArrayBuffer {
    return new SharedArrayBuffer(Object.keys(cells).length * Int32Array.BYTES_PER_ELEMENT);
  }

  /** The next place of a closed loop, from 0: which client takes it is not known before one is free. */
  take(): number {
    return Atomics.add(this.#cells, cells.tickets, 1);
  }

  addIntended(): void {
    Atomics.add(this.#cells, cells.intended, 1);
  }

  addEnded(): void {
    Atomics.add(this.#cells, cells.ended, 1);
  }

  get intended(): number {
    return Atomics.load(this.#cells, cells.intended);
  }

  get ended(): number {
    return Atomics.load(this.#cells, cells.ended);
  }
}
