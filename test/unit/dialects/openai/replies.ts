// What the tests of the chat and completion replies share: generations of every kind, and both forms of a reply.

import type { GenerationEvent, TokenLogprob } from '../../../../src/contract/generation.ts';
import { checkSchema } from '../../../../src/dialects/check.ts';
import { dialectFor } from '../../../../src/dialects/route-dialects.ts';
import type { WireObject } from '../../../support/fold-chunks.ts';
import { eventsOf } from '../../../support/events-of.ts';
import { contextFor, jsonOf, textOf } from '../framing.ts';

type Route = 'chatCompletions' | 'completions';

export function token(text: string, offset: number, logprob: number | null = -0.5): TokenLogprob {
  const one = { id: offset, token: text, bytes: [...Buffer.from(text)], logprob };
  return { ...one, offset, top: [one, { id: 99, token: 'zz', bytes: [122, 122], logprob: Number.NEGATIVE_INFINITY }] };
}

const usage = (completionTokens: number): GenerationEvent => ({ type: 'usage', promptTokens: 3, completionTokens });

/** Between the usages that every generation has. */
export function generated(...events: readonly GenerationEvent[]): readonly GenerationEvent[] {
  return [usage(0), ...events, usage(4)];
}

/** As an iterator: an array is data that a model returns. */
export async function wholeReply(route: Route, body: object, events: readonly unknown[]): Promise<WireObject> {
  const reply = await jsonOf(await dialectFor(route).frame(events.values(), contextFor(route, body)));
  checkSchema(dialectFor(route).outputSchema, reply);
  return reply;
}

/** The chunks, each fitting its schema; the terminator is left out. */
export async function chunksOf(route: Route, body: object, events: readonly unknown[]): Promise<readonly WireObject[]> {
  const framed = await dialectFor(route).frame(events.values(), contextFor(route, { ...body, stream: true }));
  const data = eventsOf(await textOf(framed)).map((event) => event.data);
  if (data.pop() !== '[DONE]') throw new Error('expected the terminator at the end');
  return data.map((json) => {
    const chunk = JSON.parse(json) as WireObject; // Our own chunks.
    checkSchema(dialectFor(route).chunkSchema ?? {}, chunk);
    return chunk;
  });
}
