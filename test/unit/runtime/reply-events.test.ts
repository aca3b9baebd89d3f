import { expect, test } from 'vitest';
import { jsonHead } from '../../../src/dialects/json-reply.ts';
import { sseHead } from '../../../src/dialects/sse.ts';
import { ReplyEvents } from '../../../src/runtime/reply-events.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

test('events are read whatever pieces they come in, with either line break', () => {
  const stream = utf8(
    ': note\r\n\r\nevent: a\r\ndata: {"type":"ä"}\r\n\r\ndata: {"type":\ndata: "b"}\n\ndata: [DONE]\n\ndata: {"type":"c"}',
  );
  for (let size = 1; size <= stream.length; size += 1) {
    const reply = new ReplyEvents(sseHead, 1_000);
    const events: object[] = [];
    for (let start = 0; start < stream.length; start += size) events.push(...reply.take(stream.subarray(start, start + size)));
    expect([...events, ...reply.end()]).toEqual([{ type: 'ä' }, { type: 'b' }, { type: 'c' }]);
  }
});

test('an answer in one piece is its last event, and what is no response is none', () => {
  const read = (text: string) => {
    const reply = new ReplyEvents(jsonHead, 1_000);
    expect(reply.take(utf8(text))).toEqual([]);
    return reply.end();
  };
  expect(read('{"status":"incomplete"}')).toEqual([{ type: 'response.incomplete', response: { status: 'incomplete' } }]);
  for (const text of ['{"status":"queued"}', '{}', '[]', '"a"', '{', '']) expect(read(text)).toEqual([]);
});

test('a refusal of the model is its own error', () => {
  const busy = new ReplyEvents({ ...jsonHead, status: 429 }, 1_000);
  busy.take(utf8('{"error":{"message":"busy"}}'));
  expect(() => busy.end()).toThrow(expect.objectContaining({ code: 'invalid_result', message: 'busy' }));
  const silent = new ReplyEvents({ ...sseHead, status: 503 }, 1_000);
  silent.take(utf8('data: {}\n\n'));
  expect(() => silent.end()).toThrow('expected the model to answer with status 200, got 503');
});

test('more than the limit is refused, but for events that are complete', () => {
  const reply = new ReplyEvents(sseHead, 20);
  for (let count = 0; count < 10; count += 1) expect(reply.take(utf8('data: {"a":1}\n\n'))).toHaveLength(1);
  expect(() => reply.take(utf8(`data: "${'x'.repeat(20)}`))).toThrow(expect.objectContaining({ code: 'invalid_result' }));
});
