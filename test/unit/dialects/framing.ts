// What the dialect tests share: a context, a neutral generation, and a reader of framed replies.

import type { FrameContext, Framed } from '../../../src/contract/dialect.ts';
import type { GenerationEvent } from '../../../src/contract/generation.ts';
import type { MethodName } from '../../../src/contract/methods.ts';
import { dialectFor } from '../../../src/dialects/route-dialects.ts';

export function contextFor(method: MethodName, body: object, gather = false): FrameContext {
  const warn = (message: string): void => {
    throw new Error(`unasked warning: ${message}`);
  };
  const facts = { model: 'tiny', requestId: 'req_1', created: 1_700_000_000 };
  return { body: dialectFor(method).check(body), ...facts, gather, checkResults: false, warn };
}

export function* generation(end: 'stop' | 'length' = 'stop', stopSequence?: string): Generator<GenerationEvent> {
  yield { type: 'usage', promptTokens: 3, completionTokens: 0 };
  yield { type: 'text', text: 'Hel' };
  yield { type: 'text', text: 'lo' };
  yield { type: 'finish', reason: end, ...(stopSequence === undefined ? {} : { stopSequence }) };
  yield { type: 'usage', promptTokens: 3, completionTokens: 2 };
}

/** How a careless model takes its stop. */
export const badEnds: readonly (() => Promise<never>)[] = [
  () => Promise.reject(new Error('secret prompt')),
  () => new Promise(() => undefined),
  () => {
    throw new Error('secret prompt');
  },
];

/** An iterator of one item over and over, which counts its stops. */
export function endingBadly(item: unknown, end: () => Promise<never>): AsyncIterableIterator<unknown> & { readonly stops: number } {
  let stops = 0;
  return {
    get stops() {
      return stops;
    },
    next: async () => ({ done: false, value: item }),
    return: () => {
      stops += 1;
      return end();
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

export async function textOf(framed: Framed): Promise<string> {
  if (framed.kind === 'whole') return Buffer.from(framed.bytes).toString('utf8');
  let text = '';
  for await (const frame of framed.frames) text += Buffer.from(frame.bytes).toString('utf8');
  return text;
}

export async function jsonOf(framed: Framed): Promise<Record<string, unknown>> {
  const value: unknown = JSON.parse(await textOf(framed));
  return value as Record<string, unknown>; // Tests compare the members.
}

/** What `action` throws, as the error a client would see. */
export function refusal(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}
