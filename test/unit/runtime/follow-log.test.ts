import { expect, test } from 'vitest';
import { streamWindowBytes } from '../../../src/contract/thread.ts';
import type { InferenceError } from '../../../src/core/errors.ts';
import { EventLog } from '../../../src/runtime/event-log.ts';
import { followLog } from '../../../src/runtime/follow-log.ts';
import type { SubmissionObserver } from '../../../src/runtime/submission.ts';

/** Writes down what it hears. */
class Reader implements SubmissionObserver {
  readonly heard: string[] = [];
  bytes = 0;
  head = (): void => {};
  flushHead = (): void => void this.heard.push('head');
  chunk = (bytes: Uint8Array): void => {
    this.bytes += bytes.byteLength;
    this.heard.push(new TextDecoder().decode(bytes));
  };
  end = (): void => void this.heard.push('end');
  fail = (error: InferenceError, framed: boolean): void => void this.heard.push(`fail ${error.code} ${framed}`);
}

const done = 'data: [DONE]\n\n';
const frame = (text: string) => Buffer.from(text);
const options = (from = 0, signal = new AbortController().signal) => ({ from, signal, requestId: 'req_1' });

test('a reader hears the events from its number on, also those to come, and the end', async () => {
  const log = new EventLog();
  log.append(frame('a'));
  log.append(frame('b'));
  const reader = new Reader();
  const { released } = followLog(log, reader, options(1));
  log.append(frame('c'));
  log.end('whole');
  log.append(frame('d'));
  expect(reader.heard).toEqual(['b', 'c', done, 'end']);
  await released;
});

test('a reader of what is to come has its head at once, and no byte before the first event', () => {
  const log = new EventLog();
  log.append(frame('a'));
  const reader = new Reader();
  followLog(log, reader, options(1));
  expect(reader.heard).toEqual(['head']);
  log.append(frame('b'));
  expect(reader.heard).toEqual(['head', 'b']);
});

test('a slow reader is sent a window and no more, and the rest as it takes', () => {
  const log = new EventLog();
  const events = 200;
  const text = 'x'.repeat(1_000);
  const reader = new Reader();
  const running = followLog(log, reader, options());
  for (let count = 0; count < events; count += 1) log.append(frame(text));
  log.end('whole');
  expect(reader.bytes).toBeGreaterThanOrEqual(streamWindowBytes);
  expect(reader.bytes).toBeLessThan(streamWindowBytes + 1_000);
  const before = reader.bytes;
  running.credit(10_000);
  expect(reader.bytes - before).toBe(10_000);
  while (reader.heard.at(-1) !== 'end') running.credit(reader.bytes);
  expect(reader.heard.filter((heard) => heard === text)).toHaveLength(events);
  expect(reader.heard.slice(-2)).toEqual([done, 'end']);
});

test('a reader that leaves hears nothing more, and the others go on', async () => {
  const log = new EventLog();
  const [leaving, staying] = [new Reader(), new Reader()];
  const gone = new AbortController();
  const left = followLog(log, leaving, options(0, gone.signal));
  followLog(log, staying, options());
  gone.abort();
  log.append(frame('a'));
  left.credit(1);
  expect([leaving.heard, staying.heard]).toEqual([['head'], ['head', 'a']]);
  await left.released;
});

test('a reader that fails is let go, and the log goes on', () => {
  const log = new EventLog();
  const [broken, whole] = [new Reader(), new Reader()];
  followLog(log, broken, options());
  broken.chunk = () => {
    throw new Error('full');
  };
  followLog(log, whole, options());
  log.append(frame('a'));
  expect(broken.heard).toEqual(['head', 'fail internal_error false']);
  expect(whole.heard).toEqual(['head', 'a']);
});

test('of a failure the log has the events and its readers their end, and of a drop its readers are told', () => {
  const failed = new EventLog();
  failed.append(frame('a'));
  failed.end('failed');
  const first = new Reader();
  followLog(failed, first, options());
  expect(first.heard).toEqual(['a', 'end']);
  const late = new Reader();
  followLog(failed, late, options(1));
  expect(late.heard).toEqual(['end']);

  const dropped = new EventLog();
  dropped.append(frame('a'));
  const second = new Reader();
  followLog(dropped, second, options());
  dropped.drop();
  dropped.drop();
  expect(second.heard).toEqual([
    'a',
    expect.stringContaining('event: error\ndata: {"type":"error","sequence_number":1,'),
    'fail response_not_found true',
  ]);
  expect([dropped.length, dropped.bytes]).toEqual([0, 0]);
});
