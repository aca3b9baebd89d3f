// What any method may return beside the neutral forms: JSON, bytes, a web Response, or an iterator of them.

import type { Frame, Framed } from '../../contract/dialect.ts';
import type { MethodName } from '../../contract/methods.ts';
import type { CallUsage, ReplyHead } from '../../contract/thread.ts';
import { InferenceError } from '../../core/errors.ts';
import { type FrameStream, framesOf, iteratorOf, type Opened, openItems } from '../items.ts';
import { jsonReply, toJson } from '../json-reply.ts';
import { dataFrame, sseHead, utf8 } from '../sse.ts';

/** Frames a result that needs no knowledge of the route. `gather`: a stream becomes one JSON value. */
export async function frameAny(method: MethodName, result: unknown, gather: boolean): Promise<Framed> {
  const passed = await framePassthrough(method, result);
  if (passed !== undefined) return passed;
  const iterator = iteratorOf(result);
  if (iterator === undefined) return jsonReply(method, result);
  const opened = await openItems(iterator);
  if (gather) return jsonReply(method, await gatherItems(opened));
  return (
    (await frameRaw(method, opened)) ?? {
      kind: 'stream',
      head: sseHead,
      frames: await framesOf(opened.items, (items) => objectEvents(method, items)),
    }
  );
}

/** A web Response or bytes, sent as they are; undefined for everything else. */
export async function framePassthrough(method: MethodName, result: unknown): Promise<Framed | undefined> {
  if (result instanceof Response) return frameResponse(method, result);
  if (result instanceof Uint8Array) return { kind: 'whole', head: octets('whole'), bytes: new Uint8Array(result) };
  if (!(result instanceof Blob)) return undefined;
  const type = result.type === '' ? 'application/octet-stream' : result.type;
  return {
    kind: 'whole',
    head: { status: 200, headers: { 'content-type': type }, shape: 'whole' },
    bytes: new Uint8Array(await result.arrayBuffer()),
  };
}

/** A stream of strings or bytes, chunked without framing; undefined when its first item is neither. */
export async function frameRaw(method: MethodName, { first, items }: Opened): Promise<Framed | undefined> {
  if (first.done === true) return undefined;
  if (typeof first.value === 'string') {
    const head: ReplyHead = { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, shape: 'raw' };
    return { kind: 'stream', head, frames: await framesOf(items, (rest) => rawFrames(method, rest)) };
  }
  if (!(first.value instanceof Uint8Array)) return undefined;
  return { kind: 'stream', head: octets('raw'), frames: await framesOf(items, (rest) => rawFrames(method, rest)) };
}

// Hop-by-hop, or a length that the server counts itself.
const droppedHeaders = new Set(['connection', 'content-length', 'keep-alive', 'transfer-encoding', 'upgrade']);

async function frameResponse(method: MethodName, response: Response): Promise<Framed> {
  const { status } = response;
  // Response.error() has 0, which HTTP does not.
  if (status < 200) throw new InferenceError('invalid_result', `expected ${method} to return a status from 200 to 599, got ${status}`);
  const headers = headersOf(response);
  checkHeaders(method, headers);
  const iterator = iteratorOf(response.body);
  const opened = iterator === undefined ? undefined : await openItems(iterator);
  if (opened === undefined || opened.first.done === true)
    return { kind: 'whole', head: { status, headers, shape: 'whole' }, bytes: new Uint8Array(0) };
  return {
    kind: 'stream',
    head: { status, headers, shape: 'raw' },
    frames: await framesOf(opened.items, (items) => rawFrames(method, items)),
  };
}

function headersOf(response: Response): ReplyHead['headers'] {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of response.headers) if (!droppedHeaders.has(name)) headers[name] = value;
  // The one header whose values may not be joined by commas.
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) headers['set-cookie'] = cookies;
  // What came from fetch has been decoded and still says how it was encoded.
  if (response.url !== '') delete headers['content-encoding'];
  return headers;
}

// What Node refuses to write, though a web Headers takes it: control characters, above all.
const headerName = /^[\^_`a-zA-Z\-0-9!#$%&'*+.|~]+$/;
const headerValue = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Throws: invalid_result with the name of a header that HTTP/1.1 cannot carry. Its value may be a secret. */
function checkHeaders(method: MethodName, headers: ReplyHead['headers']): void {
  for (const [name, values] of Object.entries(headers)) {
    if (headerName.test(name) && [values].flat().every((value) => headerValue.test(value))) continue;
    throw new InferenceError('invalid_result', `expected ${method} to return headers without control characters, got one in ${name}`);
  }
}

function octets(shape: 'whole' | 'raw'): ReplyHead {
  return { status: 200, headers: { 'content-type': 'application/octet-stream' }, shape };
}

async function* rawFrames(method: MethodName, items: AsyncIterable<unknown>): FrameStream {
  for await (const item of items) {
    const bytes = bytesOf(item);
    if (bytes === undefined)
      throw new InferenceError('invalid_result', `expected ${method} to yield only text or bytes, got ${typeof item}`);
    yield { bytes, events: 0 };
  }
  return undefined;
}

/** A copy, since the model may keep what it yielded while frames are transferred away. */
function bytesOf(item: unknown): Uint8Array | undefined {
  if (typeof item === 'string') return utf8(item);
  return item instanceof Uint8Array ? new Uint8Array(item) : undefined;
}

async function* objectEvents(method: MethodName, items: AsyncIterable<unknown>): AsyncGenerator<Frame, CallUsage | undefined, void> {
  for await (const item of items) yield dataFrame(toJson(method, item));
  return undefined;
}

/** An array of the items; where all are text or bytes, one string. */
async function gatherItems({ items }: Opened): Promise<unknown> {
  const gathered: unknown[] = [];
  for await (const item of items) gathered.push(item);
  if (gathered.length === 0) return [];
  const pieces: Uint8Array[] = [];
  for (const item of gathered) {
    const bytes = bytesOf(item);
    if (bytes === undefined) return gathered;
    pieces.push(bytes);
  }
  return Buffer.concat(pieces).toString('utf8');
}
