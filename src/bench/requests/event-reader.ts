// Reads server-sent events out of bytes as they arrive, wherever the chunks are cut.

import { createParser } from 'eventsource-parser';

/** One event: its name where it has one, and its data. */
export type OnEvent = (name: string | undefined, data: string) => void;

// Far above any event of a token; a stream without an end of line would fill the memory.
const longestEvent = 16 * 1024 * 1024;

export class EventReader {
  // Bytes that are no UTF-8 are a fault of the server, not something to be replaced. A character may be cut in two by a chunk.
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  readonly #parser: ReturnType<typeof createParser>;
  #fault: string | undefined;

  constructor(onEvent: OnEvent) {
    this.#parser = createParser({
      onEvent: ({ event, data }) => onEvent(event, data),
      onError: ({ type }) => {
        // Fields that are not known are to be ignored, says the format.
        if (type === 'max-buffer-size-exceeded') this.#fault = 'an event that does not end';
      },
      maxBufferSize: longestEvent,
    });
  }

  /** What makes the rest unreadable. */
  get fault(): string | undefined {
    return this.#fault;
  }

  /** An event that is not whole yet waits for its end, and one without an end is none. */
  read(chunk: Buffer): void {
    if (this.#fault !== undefined) return;
    let text: string;
    try {
      text = this.#decoder.decode(chunk, { stream: true });
    } catch {
      this.#fault = 'bytes that are no UTF-8';
      return;
    }
    this.#parser.feed(text);
  }
}
