// Reads the answer of the native route: JSON, a stream of events, or bytes of which nothing can be known.

import type { AnswerVerdict } from '../prepared-request.ts';
import { type AnswerHeaders, eventStream, isJson, mediaType, serverTimes } from './answer-head.ts';
import { EventReader } from './event-reader.ts';
import { errorCode, field } from './json-fields.ts';
import type { Found, InspectedReader } from './route-form.ts';
import { parsedBody, WholeBody } from './whole-body.ts';

/** The text that is expected is a string that the answer is, or the answer as it was sent; of a stream, the data of all events. */
export function predictAnswer(keepsText: boolean, expectedText: string | undefined): InspectedReader {
  return new PredictAnswer(keepsText || expectedText !== undefined, expectedText);
}

class PredictAnswer implements InspectedReader {
  readonly #keepsText: boolean;
  readonly #expectedText: string | undefined;
  readonly #body = new WholeBody();
  #events: EventReader | undefined;
  #isJson = false;
  #text = '';
  #pieces = 0;
  #fault: string | undefined;
  #serverMs: AnswerVerdict['serverMs'];

  constructor(keepsText: boolean, expectedText: string | undefined) {
    this.#keepsText = keepsText;
    this.#expectedText = expectedText;
  }

  head(headers: AnswerHeaders): void {
    const type = mediaType(headers);
    this.#isJson = isJson(type);
    if (type === eventStream) this.#events = new EventReader((_name, data) => this.#hear(data));
    this.#serverMs = serverTimes(headers);
  }

  data(chunk: Buffer): number {
    if (this.#events === undefined) {
      if (this.#isJson || this.#keepsText) this.#body.add(chunk);
      return 0;
    }
    const before = this.#pieces;
    this.#events.read(chunk);
    this.#fault ??= this.#events.fault;
    return this.#pieces - before;
  }

  /** A stream of this route has no terminator, so only the connection can tell that it was cut. */
  end(): AnswerVerdict {
    if (this.#events === undefined && this.#isJson) this.#hearJson();
    else if (this.#events === undefined && this.#keepsText) this.#text = this.#body.bytes()?.toString('utf8') ?? '';
    const isOther = this.#expectedText !== undefined && this.#text !== this.#expectedText;
    const reason = this.#fault ?? (isOther ? 'another text than expected' : undefined);
    const times = this.#serverMs === undefined ? {} : { serverMs: this.#serverMs };
    return reason === undefined ? { outcome: 'ok', ...times } : { outcome: 'wrong_answer', reason, ...times };
  }

  found(): Found {
    return { text: this.#text };
  }

  #hear(data: string): void {
    if (this.#fault !== undefined || data === '[DONE]') return;
    const value = jsonOrUndefined(data);
    const error = field(value, 'error');
    // A number of that name is the model's own affair.
    if (typeof error === 'object' && error !== null) {
      this.#fault = `error event ${errorCode(error)}`;
      return;
    }
    this.#pieces += 1;
    if (this.#keepsText) this.#text += data;
  }

  #hearJson(): void {
    const bytes = this.#body.bytes();
    const parsed = parsedBody(bytes);
    if ('fault' in parsed) this.#fault ??= parsed.fault;
    else this.#text = typeof parsed.value === 'string' ? parsed.value : (bytes?.toString('utf8') ?? '');
  }
}

/** What the events of a model hold is its own affair. */
function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
