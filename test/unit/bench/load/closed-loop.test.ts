import { expect, test } from 'vitest';
import { ClosedLoop } from '../../../../src/bench/load/closed-loop.ts';
import type { RequestRecord } from '../../../../src/bench/request-record.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

function record(endMs: number, outcome: RequestRecord['outcome'] = 'ok'): RequestRecord {
  return {
    index: 0,
    workload: 'plain',
    route: 'predict',
    isWarmup: false,
    intendedMs: 0,
    sentMs: 0,
    tokenMs: [],
    endMs,
    outcome,
    bytesSent: 0,
    bytesReceived: 0,
    items: 1,
  };
}

function loopOf(clients: number, end: { readonly requests?: number; readonly untilMs?: number }) {
  const clock = new FakeClock();
  const sent: (readonly [place: number, intendedMs: number])[] = [];
  let next = 0;
  const loop = new ClosedLoop({
    clients,
    clock,
    untilMs: end.untilMs ?? Number.POSITIVE_INFINITY,
    take: () => (next < (end.requests ?? Number.POSITIVE_INFINITY) ? next++ : undefined),
    send: (place, intendedMs) => sent.push([place, intendedMs]),
  });
  return { clock, sent, loop };
}

test('every client sends one request, and its next when that has ended', () => {
  const { sent, loop } = loopOf(2, {});
  loop.start();
  expect(sent).toEqual([
    [0, 0],
    [1, 0],
  ]);
  loop.ended(record(12.5));
  expect(sent.at(-1)).toEqual([2, 12.5]);
  expect(sent).toHaveLength(3);
});

test('the loop is over when the requests are and each client has ended', async () => {
  const { sent, loop } = loopOf(2, { requests: 3 });
  loop.start();
  loop.ended(record(1));
  loop.ended(record(2));
  loop.ended(record(3));
  await loop.allEnded;
  expect(sent).toHaveLength(3);
});

test('no request is sent at the end of the duration', async () => {
  const { sent, loop } = loopOf(1, { untilMs: 100 });
  loop.start();
  loop.ended(record(99));
  loop.ended(record(100));
  await loop.allEnded;
  expect(sent).toHaveLength(2);
});

test('more clients than requests leave some idle', async () => {
  const { sent, loop } = loopOf(3, { requests: 1 });
  loop.start();
  loop.ended(record(5));
  await loop.allEnded;
  expect(sent).toEqual([[0, 0]]);
});

test('a connection that fails at once is tried again in a later turn', async () => {
  const { sent, loop } = loopOf(1, { requests: 2 });
  loop.start();
  loop.ended(record(0, 'connection_error'));
  expect(sent).toHaveLength(1);
  await new Promise((resolve) => setImmediate(resolve));
  expect(sent).toHaveLength(2);
});
