// Iterators that models return, opened so that an early error keeps its status and a stop reaches the model.

import type { Frame } from '../contract/dialect.ts';
import type { CallUsage } from '../contract/thread.ts';

/** An opened iterator: its first item is known. `items` yields that one again and then the rest. */
export interface Opened {
  readonly first: IteratorResult<unknown, unknown>;
  /** Owns: the model's iterator, whose `return()` it calls when it is stopped early. */
  readonly items: AsyncGenerator<unknown, void, void>;
}

export type FrameStream = AsyncGenerator<Frame, CallUsage | undefined, void>;

type AnyIterator = AsyncIterator<unknown, unknown, undefined> | Iterator<unknown, unknown, undefined>;

/** The iterator behind a result that streams; undefined for every value that is data, arrays and strings included. */
export function iteratorOf(result: unknown): AnyIterator | undefined {
  if (typeof result !== 'object' || result === null) return undefined;
  if (isAsyncIterable(result)) return result[Symbol.asyncIterator]();
  return isGenerator(result) ? result[Symbol.iterator]() : undefined;
}

/** Waits for the first item. Throws: whatever the model throws before it. */
export async function openItems(iterator: AnyIterator): Promise<Opened> {
  const first = await iterator.next();
  const items = itemsOf(iterator, first);
  await items.next(); // Runs to the priming yield: `return()` of a generator that never started would skip its `finally`.
  return { first, items };
}

/** Runs the writer over the items. Stopping the result at any moment, also before its first frame, stops the items. */
export async function framesOf<T>(
  items: AsyncGenerator<T, unknown, void>,
  writer: (items: AsyncIterable<T>) => FrameStream,
): Promise<FrameStream> {
  const frames = guarded(items, writer);
  await frames.next(); // For the same reason as in openItems.
  return frames;
}

/**
 * Stops items whose result was refused, without waiting: an iterator may never end, and one whose end throws would put its own error, and
 * whatever that quotes, in the place of the refusal. The end reaches the model all the same.
 */
export function stopItems(items: Opened['items']): void {
  items.return(undefined).catch(() => undefined);
}

const priming: Frame = { bytes: new Uint8Array(0), events: 0 };

async function* itemsOf(iterator: AnyIterator, first: IteratorResult<unknown, unknown>): AsyncGenerator<unknown, void, void> {
  let done = first.done === true;
  try {
    yield undefined;
    if (!done) yield first.value;
    while (!done) {
      // A `next` that throws has ended the iterator itself; calling its `return` then would be a second end.
      done = true;
      const step = await iterator.next();
      done = step.done === true;
      if (!done) yield step.value;
    }
  } finally {
    if (!done) await iterator.return?.();
  }
}

async function* guarded<T>(items: AsyncGenerator<T, unknown, void>, writer: (items: AsyncIterable<T>) => FrameStream): FrameStream {
  try {
    yield priming;
    return yield* writer(items);
  } finally {
    await items.return(undefined);
  }
}

function isAsyncIterable(value: object): value is AsyncIterable<unknown, unknown, undefined> {
  return Symbol.asyncIterator in value && typeof value[Symbol.asyncIterator] === 'function';
}

/** Only what also has `next`: arrays, maps and sets are data. */
function isGenerator(value: object): value is IterableIterator<unknown, unknown, undefined> {
  return Symbol.iterator in value && typeof value[Symbol.iterator] === 'function' && 'next' in value && typeof value.next === 'function';
}
