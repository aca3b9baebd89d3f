// What a model answered on `responses`, read as events: whatever form it chose, the server writes the background response itself.

import type { ReplyHead } from '../contract/thread.ts';
import { InferenceError } from '../core/errors.ts';
import { type Json, recordOf } from '../dialects/adapters/record-of.ts';
import { isTooDeep, parsedObject } from './answer-json.ts';
import { finalStatus } from './final-status.ts';

/** Where what is not read yet has its room. */
export interface PendingRoom {
  /** False: there is none for so many bytes more. */
  grow(bytes: number): boolean;
  shrink(bytes: number): void;
}

/** Reads one answer. What of it waits for its end counts in the room, as the bytes that came. */
export class ReplyEvents {
  readonly #head: ReplyHead;
  readonly #isStream: boolean;
  readonly #room: PendingRoom;
  readonly #decoder = new TextDecoder();
  /** Of a stream: the event under way, in which no end was found. Kept apart, since joining at every piece would cost the square. */
  #pieces: string[] = [];
  /** Line breaks at the end of the last piece, which the next may make the end of an event. */
  #breaks = '';
  #pendingBytes = 0;

  constructor(head: ReplyHead, room: PendingRoom) {
    this.#head = head;
    this.#room = room;
    const type = head.headers['content-type'];
    // A web Response of another server is a raw stream, and may be one of events.
    this.#isStream = head.status === 200 && head.shape !== 'whole' && typeof type === 'string' && type.startsWith('text/event-stream');
  }

  /** The events that these bytes complete. Throws: store_full; invalid_result for an event that is too deep. */
  take(bytes: Uint8Array): readonly Json[] {
    if (!this.#room.grow(bytes.byteLength))
      throw new InferenceError('store_full', 'expected an answer that the store has room for, got a larger one');
    this.#pendingBytes += bytes.byteLength;
    const text = this.#decoder.decode(bytes, { stream: true });
    if (this.#isStream) return this.#completedBy(text);
    this.#pieces.push(text);
    return [];
  }

  /**
   * The events that the end completes: of an answer in one piece, the last one.
   * Throws: invalid_result for what is no response or too deep; the error that the model answered with itself.
   */
  end(): readonly Json[] {
    const rest = this.#decoder.decode();
    if (this.#isStream) return this.#completedBy(`${rest}\n\n`);
    const answer = readObject(this.#pieces.join('') + rest);
    if (this.#head.status !== 200) throw ownError(answer, this.#head.status);
    const status = finalStatus(answer?.['status']);
    return status === undefined ? [] : [{ type: `response.${status}`, response: answer }];
  }

  #completedBy(text: string): readonly Json[] {
    // Two line breaks end an event; a carriage return before each is allowed, and may come in another piece than its line feed.
    const given = this.#breaks + text;
    const isCut = given.endsWith('\r');
    const lines = (isCut ? given.slice(0, -1) : given).replaceAll('\r\n', '\n');
    const events: Json[] = [];
    let start = 0;
    for (let end = lines.indexOf('\n\n'); end >= 0; end = lines.indexOf('\n\n', start)) {
      const event = eventOf(this.#pieces.join('') + lines.slice(start, end));
      if (event !== undefined) events.push(event);
      this.#pieces = [];
      start = end + 2;
    }
    const hasBreak = lines.endsWith('\n') && lines.length > start;
    const rest = lines.slice(start, hasBreak ? -1 : undefined);
    this.#breaks = (hasBreak ? '\n' : '') + (isCut ? '\r' : '');
    if (rest !== '') this.#pieces.push(rest);
    if (start > 0) this.#free(Buffer.byteLength(rest) + this.#breaks.length);
    return events;
  }

  /** All but what still waits. */
  #free(waitingBytes: number): void {
    this.#room.shrink(this.#pendingBytes - waitingBytes);
    this.#pendingBytes = waitingBytes;
  }
}

/** Undefined for comments, `[DONE]` and what is no event of the route. */
function eventOf(block: string): Json | undefined {
  const data = block
    .split('\n')
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice('data:'.length));
  return data.length === 0 ? undefined : readObject(data.join('\n'));
}

function readObject(json: string): Json | undefined {
  const value = parsedObject(json);
  if (value !== undefined && isTooDeep(json))
    throw new InferenceError('invalid_result', 'expected a response that nests no deeper than a request may, got a deeper one');
  return value;
}

/** A model that answers with a web Response may refuse with one: as a client in the foreground would read it. */
function ownError(answer: Json | undefined, status: number): InferenceError {
  const message = recordOf(answer?.['error'])?.['message'];
  const text = typeof message === 'string' ? message : `expected the model to answer with status 200, got ${status}`;
  return new InferenceError('invalid_result', text);
}
