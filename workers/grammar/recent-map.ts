// A map that is bounded: what was not used for longest makes room.

export class RecentMap<Value> {
  readonly #most: number;
  readonly #dropped: (value: Value) => void;
  /** The least recently used first. */
  readonly #values = new Map<string, Value>();

  /** `most`: at least 1. `dropped` is told what made room. */
  constructor(most: number, dropped: (value: Value) => void = () => {}) {
    this.#most = most;
    this.#dropped = dropped;
  }

  get(key: string): Value | undefined {
    const value = this.#values.get(key);
    if (value === undefined) return undefined;
    this.#values.delete(key);
    this.#values.set(key, value);
    return value;
  }

  set(key: string, value: Value): void {
    this.#values.delete(key);
    this.#values.set(key, value);
    if (this.#values.size <= this.#most) return;
    for (const [oldest, dropped] of this.#values) {
      this.#values.delete(oldest);
      this.#dropped(dropped);
      return;
    }
  }

  delete(key: string): void {
    this.#values.delete(key);
  }
}
