// The order of a queue: by priority, then by key in turn, then by age.

import { type Link, LinkedList } from './linked-list.ts';

export interface Ranked {
  readonly priority: number;
  readonly key: string;
}

/** What waits under one key of one priority, by age. */
type Lane<Entry> = LinkedList<Entry>;

interface Level<Entry> {
  /** Each lane by its key, as the link that holds its turn. */
  readonly turns: Map<string, Link<Lane<Entry>>>;
  /** The lane whose turn is next stands first. */
  readonly order: LinkedList<Lane<Entry>>;
  size: number;
}

/** Waiting entries. Every operation is constant time, but for a look at each priority in use: there are ten. */
export class Turns<Entry extends Ranked> {
  readonly #levels = new Map<number, Level<Entry>>();
  // Only ever asked for a given entry, never walked: order is the lists' affair.
  readonly #links = new Map<Entry, Link<Entry>>();

  get size(): number {
    return this.#links.size;
  }

  add(entry: Entry): void {
    const { priority, key } = entry;
    const level = this.#levels.get(priority) ?? newLevel<Entry>();
    this.#levels.set(priority, level);
    const turn = level.turns.get(key) ?? level.order.append(new LinkedList<Entry>());
    level.turns.set(key, turn);
    this.#links.set(entry, turn.value.append(entry));
    level.size += 1;
  }

  /** The entry whose turn it is; it stays until removed. */
  first(): Entry | undefined {
    return this.#levels.get(Math.max(...this.#levels.keys()))?.order.first?.first;
  }

  /** How many that wait now would be served before a new entry, at least: its key's place in the turn of the keys is not looked up. */
  ahead({ priority, key }: Ranked): number {
    let higher = 0;
    for (const [other, level] of this.#levels) if (other > priority) higher += level.size;
    const level = this.#levels.get(priority);
    if (level === undefined) return higher;
    // A key that comes new waits for one entry of every other key; one that waits already, for a round per entry of its own.
    const rounds = Math.max(1, level.turns.get(key)?.value.size ?? 0);
    return higher + Math.min(rounds * level.turns.size, level.size);
  }

  /** Takes out an entry that was served. Its key moves behind the others. */
  serve(entry: Entry): void {
    const turn = this.#takeOut(entry);
    const level = this.#levels.get(entry.priority);
    if (turn === undefined || level === undefined) return;
    level.order.remove(turn);
    level.turns.set(entry.key, level.order.append(turn.value));
  }

  /** Takes out an entry that was not served: what waits under its key loses no turn by it. */
  remove(entry: Entry): void {
    this.#takeOut(entry);
  }

  /** Returns the turn of the entry's key, if anything still waits under it. */
  #takeOut(entry: Entry): Link<Lane<Entry>> | undefined {
    const { priority, key } = entry;
    const link = this.#links.get(entry);
    const level = this.#levels.get(priority);
    const turn = level?.turns.get(key);
    if (link === undefined || level === undefined || turn === undefined) return undefined;
    this.#links.delete(entry);
    turn.value.remove(link);
    level.size -= 1;
    if (turn.value.size > 0) return turn;
    level.order.remove(turn);
    level.turns.delete(key);
    if (level.size === 0) this.#levels.delete(priority);
    return undefined;
  }
}

function newLevel<Entry>(): Level<Entry> {
  return { turns: new Map<string, Link<Lane<Entry>>>(), order: new LinkedList<Lane<Entry>>(), size: 0 };
}
