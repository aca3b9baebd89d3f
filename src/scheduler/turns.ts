// The order of a queue: by priority, then by key in turn, then by age.

export interface Ranked {
  readonly priority: number;
  readonly key: string;
}

/** Waiting entries. Sets and Maps keep insertion order, so age costs nothing and removal is constant time. */
export class Turns<Entry extends Ranked> {
  /** priority → key → entries by age. The key whose turn is next stands first. */
  readonly #levels = new Map<number, Map<string, Set<Entry>>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(entry: Entry): void {
    const level = this.#levels.get(entry.priority) ?? new Map<string, Set<Entry>>();
    this.#levels.set(entry.priority, level);
    const entries = level.get(entry.key) ?? new Set<Entry>();
    level.set(entry.key, entries);
    entries.add(entry);
    this.#size += 1;
  }

  /** The entry whose turn it is; it stays until removed. */
  first(): Entry | undefined {
    if (this.#size === 0) return undefined;
    const level = this.#levels.get(Math.max(...this.#levels.keys()));
    const entries = level?.values().next().value;
    return entries?.values().next().value;
  }

  /** Takes an entry out. The next turn goes to another key when there is one. */
  remove(entry: Entry): void {
    const level = this.#levels.get(entry.priority);
    const entries = level?.get(entry.key);
    if (level === undefined || entries === undefined || !entries.delete(entry)) return;
    this.#size -= 1;
    level.delete(entry.key);
    if (entries.size > 0) level.set(entry.key, entries);
    else if (level.size === 0) this.#levels.delete(entry.priority);
  }
}
