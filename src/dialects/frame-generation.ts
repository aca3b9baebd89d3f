// Frames what a text method returned: the neutral iterator, finished wire objects or chunks, or a result sent as it is.

import type { FrameContext, Framed } from '../contract/dialect.ts';
import type { GenerationEvent } from '../contract/generation.ts';
import type { MethodName } from '../contract/methods.ts';
import type { CallUsage, ResponseFacts } from '../contract/thread.ts';
import { checkResult } from './check-result.ts';
import { checkedEvents, isGenerationEvent } from './event-forms.ts';
import { isErrorChunk, judgeFirst } from './first-item.ts';
import { type GatheredGeneration, gatherEvents } from './generation-events.ts';
import { type FrameStream, framesOf, iteratorOf, type Opened, openItems, stopItems } from './items.ts';
import { jsonReply, toJson } from './json-reply.ts';
import { framePassthrough, frameRaw } from './native/any-result.ts';
import { dataFrame, doneFrame, eventFrame, sseHead } from './sse.ts';

/** How one route writes a generation. */
export type GenerationRoute = RouteStream & (WholeRoute | FoldRoute);

/** Writes a reply in one piece from the gathered text. */
interface WholeRoute {
  /** How many choices the body asks for. Absent: the route has one. */
  choices?(context: FrameContext): number;
  whole(generation: GatheredGeneration, context: FrameContext): object;
}

/** Reads the events itself, where the order of what came is part of the reply. */
interface FoldRoute {
  fold(events: AsyncIterable<GenerationEvent>, context: FrameContext): Promise<FoldedReply>;
}

export interface FoldedReply {
  readonly reply: object;
  readonly usage: CallUsage;
}

interface RouteStream {
  readonly method: MethodName;
  /** The types of its chunks, where each event is named after that of its chunk. Absent: its chunks have `choices`, or an `error` where it ends early. */
  readonly chunkTypes?: RegExp;
  /** Whether `[DONE]` ends a stream. */
  readonly doneAtEnd: boolean;
  /** Of a finished object that a model returns itself; held to in development. */
  readonly outputSchema?: object;
  /** Of a chunk that a model yields itself; held to in development. */
  readonly chunkSchema?: object;
  /** What the main thread has to know of a stream to end it properly itself. */
  facts?(context: FrameContext): ResponseFacts;
  stream(events: AsyncIterable<GenerationEvent>, context: FrameContext, facts: ResponseFacts | undefined): FrameStream;
}

export async function frameGeneration(route: GenerationRoute, result: unknown, context: FrameContext): Promise<Framed> {
  const { method } = route;
  const passed = await framePassthrough(method, result);
  if (passed !== undefined) return passed;
  const iterator = iteratorOf(result);
  if (iterator === undefined) {
    if (context.checkResults && route.outputSchema !== undefined) checkResult(method, route.outputSchema, toJson(method, result));
    return jsonReply(method, result);
  }
  const opened = await openItems(iterator);
  await judgeFirst(route, opened, context);
  const raw = await frameRaw(method, opened);
  if (raw !== undefined) return raw;
  const { first, items } = opened;
  if (first.done !== true && !isGenerationEvent(first.value)) {
    const check = context.checkResults ? route.chunkSchema : undefined;
    if (check !== undefined) checkFirst(route, check, opened);
    const frames = await framesOf(items, (chunks) => wireChunks(route, chunks, check));
    return { kind: 'stream', head: sseHead, frames };
  }
  // No event at all is no generation: gathering says so before a head is sent.
  if (context.body['stream'] === true && first.done !== true) {
    const facts = route.facts?.(context);
    const frames = await framesOf(items, (rest) => route.stream(checkedEvents(method, rest), context, facts));
    return { kind: 'stream', head: facts === undefined ? sseHead : { ...sseHead, response: facts }, frames };
  }
  if ('fold' in route) {
    const { reply, usage } = await route.fold(checkedEvents(method, items), context);
    return jsonReply(method, reply, usage);
  }
  const generation = await gatherEvents(method, checkedEvents(method, items), route.choices?.(context));
  return jsonReply(method, route.whole(generation, context), generation.usage);
}

/** Before a head is sent, so that the error has its status. Throws: InferenceError `invalid_result`, with the items being stopped. */
function checkFirst({ method }: GenerationRoute, schema: object, { first, items }: Opened): void {
  try {
    checkChunk(method, schema, first.value, toJson(method, first.value));
  } catch (error) {
    stopItems(items);
    throw error;
  }
}

function checkChunk(method: MethodName, schema: object, chunk: unknown, json: string): void {
  if (!isErrorChunk(chunk)) checkResult(method, schema, json);
}

async function* wireChunks(route: GenerationRoute, chunks: AsyncIterable<unknown>, check: object | undefined): FrameStream {
  for await (const chunk of chunks) {
    const json = toJson(route.method, chunk);
    if (check !== undefined) checkChunk(route.method, check, chunk, json);
    const name = route.chunkTypes !== undefined && typeof chunk === 'object' && chunk !== null && 'type' in chunk ? chunk.type : undefined;
    yield typeof name === 'string' ? eventFrame(name, json) : dataFrame(json);
  }
  if (route.doneAtEnd) yield doneFrame();
  return undefined;
}
