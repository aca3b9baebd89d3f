// Judges a stream by its first item: text and bytes go out raw and own objects as they are, which is seldom meant on a route that has a form.

import type { FrameContext } from '../contract/dialect.ts';
import type { MethodName } from '../contract/methods.ts';
import { InferenceError } from '../core/errors.ts';
import { describeItem, expectedEvents, isGenerationEvent } from './event-forms.ts';
import { type Opened, stopItems } from './items.ts';

/** What is known of the chunks that a route streams. */
interface Chunks {
  readonly method: MethodName;
  /** Absent: its chunks have `choices`, or an `error` where it ends early. */
  readonly chunkTypes?: RegExp;
}

/**
 * Passes events, chunks of the route and bytes. Of text it warns, and of everything else outside of development.
 * Throws: InferenceError `invalid_result` in development, with the items being stopped, for what is none of them.
 */
export async function judgeFirst(route: Chunks, { first, items }: Opened, context: FrameContext): Promise<void> {
  if (first.done === true) return;
  const item = first.value;
  if (item instanceof Uint8Array || isGenerationEvent(item) || isChunk(route, item)) return;
  const { method } = route;
  if (typeof item === 'string') {
    // Said once and not refused: a raw stream is what text means everywhere else.
    context.warn(
      `${method} yields text, which is sent raw as text/plain; for a reply of its route yield { type: 'text', text } and a finish`,
    );
    return;
  }
  const found = describeItem(item);
  if (context.checkResults) {
    stopItems(items);
    throw new InferenceError('invalid_result', `expected ${method} to yield ${expectedEvents} or chunks of its route, got ${found}`);
  }
  context.warn(`${method} yields neither ${expectedEvents} nor chunks of its route, so they are sent as they are; the first is ${found}`);
}

function isChunk({ chunkTypes }: Chunks, item: unknown): boolean {
  if (typeof item !== 'object' || item === null) return false;
  if (chunkTypes === undefined) return 'choices' in item || isErrorChunk(item);
  return 'type' in item && typeof item.type === 'string' && chunkTypes.test(item.type);
}

/** How the APIs whose chunks have `choices` end a stream that failed: no chunk of the schema, and none that is wrong. */
export function isErrorChunk(item: unknown): boolean {
  if (typeof item !== 'object' || item === null || 'choices' in item || !('error' in item)) return false;
  return typeof item.error === 'object' && item.error !== null;
}
