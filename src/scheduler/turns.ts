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

  /** Takes out an entry that was served. Its key moves behind the others. */
  serve(entry: Entry): void {
    const rest = this.#takeOut(entry);
    if (rest === undefined) return;
    // A Map keeps the place of a key that is set again, so it has to leave first.
    const level = this.#levels.get(entry.priority);
    level?.delete(entry.key);
    level?.set(entry.key, rest);
  }

  /** Takes out an entry that was not served: what waits under its key loses no turn by it. */
  remove(entry: Entry): void {
    this.#takeOut(entry);
  }

  /** Returns what still waits under the entry's key, if anything does. */
  #takeOut(entry: Entry): Set<Entry> | undefined {
    const level = this.#levels.get(entry.priority);
    const entries = level?.get(entry.key);
    if (level === undefined || entries === undefined || !entries.delete(entry)) return undefined;
    this.#size -= 1;
    if (entries.size > 0) return entries;
    level.delete(entry.key);
    if (level.size === 0) this.#levels.delete(entry.priority);
    return undefined;
  }
}
