import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { Leaving } from '../../../../src/bench/load/leaving.ts';
import type { Leave } from '../../../../src/bench/scenario-schema.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { until } from '../../../support/until.ts';
import { senderTo, type SmallServer, smallServer } from './small-server.ts';

const leaveOf = (leave: Partial<Leave>): Leave => ({ share: 1, phase: 'queued', after_tokens: 4, ...leave });

/** One request of a client that leaves; the server's side of it is handed out, with a promise of the end of its connection. */
async function leaver(leave: Leave, use: (parts: LeaverParts) => Promise<void>): Promise<void> {
  const clock = new FakeClock();
  const leaving = new Leaving(leave, 1, clock);
  const responses: ServerResponse[] = [];
  const server: SmallServer = await smallServer((request, response) => {
    request.resume().on('end', () => responses.push(response));
  });
  const pieces: number[] = [];
  const { sender, send } = senderTo(server.url, { clock, leaving, moved: (exchange) => pieces.push(exchange.pieces) });
  const { record, exchange } = send(0, { leave: leave.phase });
  await until(() => responses[0] !== undefined || exchange.isOver);
  const [response] = responses;
  const closed = response === undefined ? Promise.resolve() : once(response, 'close').then(() => undefined);
  try {
    await use({ clock, leaving, record, exchange, response, closed });
  } finally {
    await sender.close();
    await server.close();
  }
}

interface LeaverParts {
  readonly clock: FakeClock;
  readonly leaving: Leaving;
  readonly record: Promise<unknown>;
  readonly exchange: ReturnType<ReturnType<typeof senderTo>['send']>['exchange'];
  readonly response: ServerResponse | undefined;
  /** The server sees the connection end. */
  readonly closed: Promise<void>;
}

test('who leaves is a matter of seed and index, and their share is kept', () => {
  const choices = (seed: number) => {
    const leaving = new Leaving(leaveOf({ share: 0.3 }), seed, new FakeClock());
    return Array.from({ length: 5_000 }, (_, index) => leaving.chooses(index));
  };
  expect(choices(1)).toEqual(choices(1));
  expect(choices(1)).not.toEqual(choices(2));
  for (const seed of [1, 2, 3]) {
    const share = choices(seed).filter((isChosen) => isChosen).length / 5_000;
    // 5,000 draws of 0.3 have a deviation of 0.0065: four of them.
    expect(Math.abs(share - 0.3)).toBeLessThan(0.026);
  }
});

test('a client leaves the queue some time after it has sent', async () => {
  await leaver(leaveOf({ phase: 'queued', after_ms: 20 }), async ({ clock, record, exchange, closed }) => {
    clock.advance(19);
    expect(exchange.isOver).toBe(false);
    clock.advance(1);
    expect(await record).toMatchObject({ outcome: 'cancelled', leave: 'queued', endMs: 20, reason: 'left before any byte of the answer' });
    await closed;
  });
});

test('a client that leaves the queue at once has sent its request, whole', async () => {
  const received: string[] = [];
  const server = await smallServer((request, response) => {
    request.on('data', (chunk) => received.push(String(chunk))).on('error', () => undefined);
    response.on('close', () => received.push('close'));
  });
  const { sender, send } = senderTo(server.url, { leaving: new Leaving(leaveOf({ phase: 'queued' }), 1, new FakeClock()) });
  const record = await send(0, { leave: 'queued' }).record;
  expect(record).toMatchObject({ outcome: 'cancelled', bytesSent: 'request 0'.length, reason: 'left before any byte of the answer' });
  await until(() => received.includes('close'));
  expect(received).toEqual(['request 0', 'close']);
  await sender.close();
  await server.close();
});

test('a client whose answer has begun does not leave the queue any more', async () => {
  await leaver(leaveOf({ phase: 'queued', after_ms: 20 }), async ({ clock, record, exchange, response }) => {
    response?.writeHead(200).write('one\n');
    await until(() => exchange.isAnswered);
    clock.advance(20);
    response?.end('end');
    expect(await record).toMatchObject({ outcome: 'ok', leave: 'queued', reason: 'ended before its client left' });
  });
});

test('a client leaves before the first token, within the time that others waited for theirs', async () => {
  await leaver(leaveOf({ phase: 'before_first_token' }), async ({ clock, record, exchange, response, closed }) => {
    response?.writeHead(200).flushHeaders();
    await until(() => exchange.hasHeaders);
    // Nobody was seen to wait, so it takes 50 ms for the wait, and leaves between a tenth and nine tenths of it.
    clock.advance(4.9);
    expect(exchange.isOver).toBe(false);
    clock.advance(40.2);
    expect(await record).toMatchObject({ outcome: 'cancelled', reason: 'left after the headers, before the first token' });
    await closed;
  });
});

test('a server that holds its headers back is left without them', async () => {
  await leaver(leaveOf({ phase: 'before_first_token' }), async ({ clock, record, closed }) => {
    clock.advance(45.1);
    expect(await record).toMatchObject({ outcome: 'cancelled', reason: 'left before any byte of the answer' });
    await closed;
  });
});

test('the wait for a first token is the median of those who stayed', async () => {
  const clock = new FakeClock();
  const leaving = new Leaving(leaveOf({ phase: 'before_first_token' }), 1, clock);
  for (const ttftMs of [1_000, 1_000, 1_000, 2, 3]) leaving.stayed(ttftMs);
  const left: number[] = [];
  const { sender, send } = senderTo('http://127.0.0.1:1', { clock });
  const { exchange } = send(0);
  await sender.close();
  exchange.leave = () => void left.push(clock.now());
  leaving.moved(exchange);
  clock.advance(99);
  expect(left).toEqual([]);
  clock.advance(802);
  expect(left).toHaveLength(1);
});

test('a client leaves with the first token when that came before its time to leave', async () => {
  await leaver(leaveOf({ phase: 'before_first_token' }), async ({ record, response, closed }) => {
    response?.write('one\n');
    expect(await record).toMatchObject({
      outcome: 'cancelled',
      reason: 'left in mid-stream: the first token came before its time to leave',
    });
    await closed;
  });
});

test('a client leaves in mid-stream after its number of pieces', async () => {
  await leaver(leaveOf({ phase: 'mid_stream', after_tokens: 3 }), async ({ record, exchange, response, closed }) => {
    response?.write('one\ntwo\n');
    await until(() => exchange.pieces === 2);
    expect(exchange.isOver).toBe(false);
    response?.write('three\n');
    expect(await record).toMatchObject({ outcome: 'cancelled', leave: 'mid_stream', reason: 'left in mid-stream', status: 200 });
    expect(exchange.pieces).toBe(3);
    await closed;
  });
});
