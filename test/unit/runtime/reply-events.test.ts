import { expect, test } from 'vitest';
import { jsonHead } from '../../../src/dialects/json-reply.ts';
import { sseHead } from '../../../src/dialects/sse.ts';
import { ReplyEvents } from '../../../src/runtime/reply-events.ts';

/** Counts what waits. */
function room(limitBytes: number) {
  const counted = {
    bytes: 0,
    grow(bytes: number): boolean {
      if (counted.bytes + bytes > limitBytes) return false;
      counted.bytes += bytes;
      return true;
    },
    shrink(bytes: number): void {
      counted.bytes -= bytes;
    },
  };
  return counted;
}

const utf8 = (text: string) => new TextEncoder().encode(text);

test('events are read whatever pieces they come in, with either line break', () => {
  const stream = utf8(
    ': note\r\n\r\nevent: a\r\ndata: {"type":"ä"}\r\n\r\ndata: {"type":\ndata: "b"}\n\ndata: [DONE]\n\ndata: {"type":"c"}',
  );
  for (let size = 1; size <= stream.length; size += 1) {
    const reply = new ReplyEvents(sseHead, room(1_000));
    const events: object[] = [];
    for (let start = 0; start < stream.length; start += size) events.push(...reply.take(stream.subarray(start, start + size)));
    expect([...events, ...reply.end()]).toEqual([{ type: 'ä' }, { type: 'b' }, { type: 'c' }]);
  }
});

test('an answer in one piece is its last event, and what is no response is none', () => {
  const read = (text: string) => {
    const reply = new ReplyEvents(jsonHead, room(1_000));
    expect(reply.take(utf8(text))).toEqual([]);
    return reply.end();
  };
  expect(read('{"status":"incomplete"}')).toEqual([{ type: 'response.incomplete', response: { status: 'incomplete' } }]);
  for (const text of ['{"status":"queued"}', '{}', '[]', '"a"', '{', '']) expect(read(text)).toEqual([]);
});

test('a refusal of the model is its own error', () => {
  const busy = new ReplyEvents({ ...jsonHead, status: 429 }, room(1_000));
  busy.take(utf8('{"error":{"message":"busy"}}'));
  expect(() => busy.end()).toThrow(expect.objectContaining({ code: 'invalid_result', message: 'busy' }));
  const silent = new ReplyEvents({ ...sseHead, status: 503 }, room(1_000));
  silent.take(utf8('data: {}\n\n'));
  expect(() => silent.end()).toThrow('expected the model to answer with status 200, got 503');
});

test('what waits for its end counts in the room, and more than that is refused', () => {
  const waiting = room(40);
  const reply = new ReplyEvents(sseHead, waiting);
  for (let count = 0; count < 10; count += 1) expect(reply.take(utf8('data: {"a":1}\n\n'))).toHaveLength(1);
  expect(waiting.bytes).toBe(0);
  expect(reply.take(utf8('data: {"a":1}\n\ndata: {"ä"'))).toHaveLength(1);
  expect(waiting.bytes).toBe('data: {"ä"'.length + 1);
  expect(() => reply.take(utf8('x'.repeat(30)))).toThrow(expect.objectContaining({ code: 'store_full' }));
});

test('a large event in many pieces costs no more than its bytes', () => {
  const reply = new ReplyEvents(sseHead, room(Number.POSITIVE_INFINITY));
  const piece = utf8('x'.repeat(4_096));
  reply.take(utf8('data: {"a":"'));
  // 32 MiB: a look at all that waits for each piece would be a hundred thousand million characters, and outlast the test.
  for (let count = 0; count < 8_192; count += 1) reply.take(piece);
  expect(reply.take(utf8('"}\n\n'))).toEqual([{ a: expect.stringMatching(/^x+$/) }]);
});

test('an answer nested deeper than a request may be is refused, in one piece or as an event', () => {
  const nested = (depth: number) => `{"status":"completed","x":${'['.repeat(depth)}${']'.repeat(depth)}}`;
  const read = (json: string) => {
    const reply = new ReplyEvents(jsonHead, room(1_000_000));
    reply.take(utf8(json));
    return reply.end();
  };
  expect(read(nested(64))).toHaveLength(1);
  for (const depth of [65, 20_000]) {
    const tooDeep = expect.objectContaining({ code: 'invalid_result' });
    expect(() => read(nested(depth))).toThrow(tooDeep);
    expect(() => new ReplyEvents(sseHead, room(1_000_000)).take(utf8(`data: ${nested(depth)}\n\n`))).toThrow(tooDeep);
  }
});
