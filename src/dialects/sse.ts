// Server-sent events as bytes.

import type { Frame } from '../contract/dialect.ts';
import type { ReplyHead } from '../contract/thread.ts';

/** Head of every event stream. No proxy may buffer, cache or compress it. */
export const sseHead: ReplyHead = {
  status: 200,
  headers: {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
  },
  shape: 'sse',
};

const encoder = new TextEncoder();

/** UTF-8 in memory of its own, so that it can be transferred to another thread. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** One event that is only data. `json` is a single line, as `JSON.stringify` writes it. */
export function dataFrame(json: string): Frame {
  return { bytes: utf8(`data: ${json}\n\n`), events: 1 };
}

/** One named event. */
export function eventFrame(event: string, json: string): Frame {
  return { bytes: utf8(`event: ${event}\ndata: ${json}\n\n`), events: 1 };
}

/** The terminator of the OpenAI family; no event of its own. A fresh one each time, since frames are transferred. */
export function doneFrame(): Frame {
  return { bytes: utf8('data: [DONE]\n\n'), events: 0 };
}
