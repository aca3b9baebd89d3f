// What a model answered on `responses`, read as events: whatever form it chose, the server writes the response of the background itself.

import type { ReplyHead } from '../contract/thread.ts';
import { InferenceError } from '../core/errors.ts';

export type Json = Readonly<Record<string, unknown>>;

/** An object; undefined for everything else, lists included. */
export function jsonObject(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined; // an object has keys
}

/** Undefined: it is no JSON, or none of an object. */
export function parsedObject(json: string): Json | undefined {
  try {
    return jsonObject(JSON.parse(json));
  } catch {
    return undefined;
  }
}

/** Reads one answer. Holds no more than `limitBytes` of it at a time. */
export class ReplyEvents {
  readonly #head: ReplyHead;
  readonly #isStream: boolean;
  readonly #limitBytes: number;
  readonly #decoder = new TextDecoder();
  #pending = '';
  /** From where on the end of an event is looked for: what came earlier has none. */
  #from = 0;

  constructor(head: ReplyHead, limitBytes: number) {
    this.#head = head;
    this.#limitBytes = limitBytes;
    const type = head.headers['content-type'];
    // A web Response of another server is a raw stream, and may be one of events.
    this.#isStream = head.status === 200 && head.shape !== 'whole' && typeof type === 'string' && type.startsWith('text/event-stream');
  }

  /** The events that these bytes complete. Throws: invalid_result for an answer beyond the limit. */
  take(bytes: Uint8Array): readonly Json[] {
    this.#pending += this.#decoder.decode(bytes, { stream: true });
    const events = this.#isStream ? this.#completed() : [];
    // No character has less than a byte.
    if (this.#pending.length > this.#limitBytes)
      throw new InferenceError('invalid_result', `expected a response of at most ${this.#limitBytes} bytes, got a larger one`);
    return events;
  }

  /**
   * The events that the end completes: of an answer in one piece, the last one.
   * Throws: invalid_result for what is no response; the error that the model answered with itself.
   */
  end(): readonly Json[] {
    if (this.#isStream) {
      this.#pending += '\n\n';
      return this.#completed();
    }
    const answer = parsedObject(this.#pending);
    if (this.#head.status !== 200) throw ownError(answer, this.#head.status);
    const status = answer?.['status'];
    return status === 'completed' || status === 'incomplete' || status === 'failed'
      ? [{ type: `response.${status}`, response: answer }]
      : [];
  }

  #completed(): readonly Json[] {
    // Two line breaks end an event; a carriage return before each is allowed, and may come in another piece than its line feed.
    const text = this.#pending.replaceAll('\r\n', '\n');
    const events: Json[] = [];
    let start = 0;
    for (let end = text.indexOf('\n\n', this.#from); end >= 0; end = text.indexOf('\n\n', start)) {
      const event = eventOf(text.slice(start, end));
      if (event !== undefined) events.push(event);
      start = end + 2;
    }
    this.#pending = text.slice(start);
    this.#from = Math.max(0, this.#pending.length - 2);
    return events;
  }
}

/** Undefined for comments, `[DONE]` and what is no event of the route. */
function eventOf(block: string): Json | undefined {
  const data = block
    .split('\n')
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice('data:'.length));
  return data.length === 0 ? undefined : parsedObject(data.join('\n'));
}

/** A model that answers with a web Response may refuse with one: as a client in the foreground would read it. */
function ownError(answer: Json | undefined, status: number): InferenceError {
  const message = jsonObject(answer?.['error'])?.['message'];
  const text = typeof message === 'string' ? message : `expected the model to answer with status 200, got ${status}`;
  return new InferenceError('invalid_result', text);
}
