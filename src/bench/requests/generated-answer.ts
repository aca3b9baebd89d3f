// Reads the answers of the routes that generate, streamed or whole; what differs between the routes comes as their protocol.

import type { AnswerVerdict } from '../prepared-request.ts';
import { type AnswerHeaders, eventStream, isJson, mediaType, serverTimes, wrongType } from './answer-head.ts';
import { EventReader } from './event-reader.ts';
import { type Expected, Heard } from './heard.ts';
import { errorCode, field, isGiven } from './json-fields.ts';
import type { Found, InspectedReader } from './route-form.ts';
import { parsedBody, WholeBody } from './whole-body.ts';

/** How one route tells its output. */
export interface GenerationProtocol {
  /** Whether the text `[DONE]` ends a stream. The other routes have an event that does, and the text beside it counts for nothing. */
  readonly endsWithDone: boolean;
  /** An answer that is one JSON object. */
  readonly whole: (value: unknown, heard: Heard) => void;
  /** One event of a stream, its data parsed. Returns whether it held output. */
  readonly event: (value: unknown, heard: Heard) => boolean;
}

export interface AnswerOptions {
  readonly streams: boolean;
  readonly keepsText: boolean;
  readonly expected: Expected;
}

export function generatedAnswer(protocol: GenerationProtocol, options: AnswerOptions): InspectedReader {
  return new GeneratedAnswer(protocol, options);
}

class GeneratedAnswer implements InspectedReader {
  readonly #protocol: GenerationProtocol;
  readonly #expected: Expected;
  readonly #heard: Heard;
  readonly #events: EventReader | undefined;
  readonly #body = new WholeBody();
  #pieces = 0;
  #serverMs: AnswerVerdict['serverMs'];

  constructor(protocol: GenerationProtocol, { streams, keepsText, expected }: AnswerOptions) {
    this.#protocol = protocol;
    this.#expected = expected;
    this.#heard = new Heard(keepsText || expected.text !== undefined);
    this.#events = streams ? new EventReader((_name, data) => this.#hear(data)) : undefined;
  }

  head(headers: AnswerHeaders): void {
    const type = mediaType(headers);
    const isRight = this.#events === undefined ? isJson(type) : type === eventStream;
    if (!isRight) this.#heard.fail(wrongType(this.#events === undefined ? 'application/json' : eventStream, type));
    this.#serverMs = serverTimes(headers);
  }

  data(chunk: Buffer): number {
    // After a fault nothing counts as output any more.
    if (this.#heard.fault !== undefined) return 0;
    if (this.#events === undefined) {
      this.#body.add(chunk);
      return 0;
    }
    const before = this.#pieces;
    this.#events.read(chunk);
    if (this.#events.fault !== undefined) this.#heard.fail(this.#events.fault);
    return this.#pieces - before;
  }

  end(): AnswerVerdict {
    if (this.#events === undefined && this.#heard.fault === undefined) this.#hearWhole();
    const verdict = this.#heard.verdict(this.#expected);
    return this.#serverMs === undefined ? verdict : { ...verdict, serverMs: this.#serverMs };
  }

  found(): Found {
    const { text, finish } = this.#heard;
    return finish === undefined ? { text } : { text, finish };
  }

  #hear(data: string): void {
    if (this.#heard.fault !== undefined) return;
    if (data === '[DONE]') {
      if (this.#protocol.endsWithDone) this.#heard.end();
      return;
    }
    let value: unknown;
    try {
      value = JSON.parse(data);
    } catch {
      this.#heard.fail('malformed JSON in an event');
      return;
    }
    const error = streamedError(value);
    if (error !== undefined) this.#heard.fail(`error event ${errorCode(error)}`);
    else if (this.#protocol.event(value, this.#heard)) this.#pieces += 1;
  }

  #hearWhole(): void {
    const parsed = parsedBody(this.#body.bytes());
    if ('fault' in parsed) {
      this.#heard.fail(parsed.fault);
      return;
    }
    const error = field(parsed.value, 'error');
    if (isGiven(error)) this.#heard.fail(`error body ${errorCode(error)}`);
    else this.#protocol.whole(parsed.value, this.#heard);
    this.#heard.end();
  }
}

/** All APIs have it in a member `error`, but for the responses route, whose event may be the error itself. */
function streamedError(value: unknown): unknown {
  const error = field(value, 'error');
  if (isGiven(error)) return error;
  return field(value, 'type') === 'error' ? { code: field(value, 'code') ?? 'error' } : undefined;
}
