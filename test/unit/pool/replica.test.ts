// One replica on a real thread: calls, deaths of the thread, and calls that do not end.

import { afterEach, beforeEach, expect, test } from 'vitest';
import { Replica } from '../../../src/pool/replica.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { Events, eventLogger, fragile, hearing, hostFile, input, sharedWords } from './pool-fixture.ts';

let clock: FakeClock;
let events: Events;
let words: ReturnType<typeof sharedWords>;
let replica: Replica | undefined;

beforeEach(() => {
  clock = new FakeClock();
  events = new Events();
  words = sharedWords();
});

afterEach(async () => {
  words.release();
  // Time stands still unless a test moves it, so this gives up on nothing.
  await replica?.close(1);
  replica = undefined;
});

async function start(terminable = true): Promise<Replica> {
  const model = await fragile(terminable);
  const started: Replica = new Replica({
    model,
    hostFile,
    clock,
    logger: eventLogger(events),
    onChange: () => events.tell(`${started.state}, ${started.inFlight} in flight`),
  });
  replica = started;
  await started.start(() => undefined);
  return started;
}

/** Starts a call and resolves once it has reached the model. */
async function begin(on: Replica, op: string) {
  const reached = events.next(op);
  on.reserve('predict');
  const { observer, outcome } = hearing();
  const running = on.call(input(op), observer);
  await reached;
  return { running, outcome };
}

test('a call gives the result of the model, and its place is free after it', async () => {
  const started = await start();
  for (const result of ['1', '2']) {
    const { running, outcome } = await begin(started, 'count');
    expect(started.inFlight).toBe(1);
    expect(await outcome).toBe(result);
    await running.released;
    expect(started.inFlight).toBe(0);
  }
});

test('a reserved place counts until its call is over', async () => {
  const started = await start();
  started.reserve('predict');
  expect(started.runs('predict')).toBe(1);
  const { observer } = hearing();
  const running = started.call(input('count'), observer);
  expect(started.runs('predict')).toBe(1);
  await running.released;
  expect(started.runs('predict')).toBe(0);
});

for (const op of ['reject', 'exit', 'exit-in-native']) {
  test(`a thread that dies by ${op} fails its call and the innocent ones retryably`, async () => {
    const started = await start();
    const innocent = await begin(started, 'wait');
    const fatal = await begin(started, op);
    expect(await fatal.outcome).toBe('503 replica_lost');
    expect(await innocent.outcome).toBe('503 replica_lost');
    await Promise.all([fatal.running.released, innocent.running.released]);
    expect(started).toMatchObject({ state: 'ended', inFlight: 0 });
    expect(events.seen).toContain('a model thread was lost');
  });
}

for (const op of ['reject-idle', 'exit-idle']) {
  test(`a thread that dies by ${op} is noticed before a call needs it`, async () => {
    const started = await start();
    const ended = events.next('ended, 0 in flight');
    const { outcome } = await begin(started, op);
    expect(await outcome).toBe('"soon"');
    await ended;
    expect(events.seen).toContain('a model thread was lost');
    started.reserve('predict');
    expect(() => started.call(input('count'), hearing().observer)).toThrow(expect.objectContaining({ code: 'replica_lost' }));
  });
}

test('an obedient call that is cancelled leaves the replica ready', async () => {
  const started = await start();
  const { running } = await begin(started, 'wait');
  running.cancel('disconnect');
  await running.released;
  clock.advance(1_000);
  expect(started).toMatchObject({ state: 'ready', inFlight: 0 });
});

test('a stuck call retires the replica after one grace and ends its thread after the next', async () => {
  const started = await start();
  const { running, outcome } = await begin(started, 'block');
  running.cancel('deadline');
  clock.advance(9);
  expect(started.state).toBe('ready');
  clock.advance(1);
  expect(started).toMatchObject({ state: 'retired', inFlight: 1 });
  clock.advance(10);
  expect(started.state).toBe('ended');
  await running.released;
  expect(started.inFlight).toBe(0);
  // Its client has its answer from whoever cancelled.
  expect(await Promise.race([outcome, Promise.resolve('silence')])).toBe('silence');
});

test('a stuck call of a model that is not terminable retires the replica for as long as it lasts', async () => {
  const started = await start(false);
  const { running } = await begin(started, 'block');
  running.cancel('deadline');
  clock.advance(1_000_000);
  expect(started).toMatchObject({ state: 'retired', inFlight: 1 });
  words.release();
  await running.released;
  expect(started).toMatchObject({ state: 'ready', inFlight: 0 });
  // The same instance: its thread was never ended.
  const after = await begin(started, 'count');
  expect(await after.outcome).toBe('2');
});

test('a close gives up on a thread that is not terminable, which ends when its call does', async () => {
  const started = await start(false);
  const { running } = await begin(started, 'block');
  running.cancel('unload');
  clock.advance(10);
  const close = started.close(100);
  clock.advance(100);
  expect(await close).toBe(false);
  expect(started.inFlight).toBe(1);
  // The thread is there still: it goes on where it stood.
  const unblocked = events.next('unblocked');
  words.release();
  await unblocked;
  await running.released;
  clock.advance(10);
  expect(await started.close(100)).toBe(true);
  expect(started.inFlight).toBe(0);
});

test('a close ends an idle thread and is idempotent', async () => {
  const started = await start();
  expect(await Promise.all([started.close(1), started.close(1)])).toEqual([true, true]);
  expect(started.state).toBe('ended');
  expect(await started.close(1)).toBe(true);
});

test('a model that cannot be loaded is told with its reason', async () => {
  words.failLoads(true);
  await expect(start()).rejects.toMatchObject({ code: 'load_failed', message: 'load failed: the disk is full' });
});

for (const heard of ['head', 'chunk', 'end'] as const) {
  test(`an observer that throws at ${heard} fails its own call alone`, async () => {
    const started = await start();
    started.reserve('predict');
    const codes: string[] = [];
    const throws = (): never => {
      throw new Error('the text of a user');
    };
    const observer = { ...hearing().observer, fail: (error: { readonly code: string }) => void codes.push(error.code), [heard]: throws };
    await started.call(input('count'), observer).released;
    expect(codes).toEqual(['invalid_result']);
    expect(events.seen).toContain('a result could not be passed on');
    const after = await begin(started, 'count');
    expect(await after.outcome).toBe('2');
  });
}

test('an observer that throws when its thread is lost keeps no other call from its end', async () => {
  const started = await start();
  const reached = events.next('wait');
  started.reserve('predict');
  const observer = {
    ...hearing().observer,
    fail: () => {
      throw new Error('no');
    },
  };
  const thrown = started.call(input('wait'), observer);
  await reached;
  const fatal = await begin(started, 'exit');
  expect(await fatal.outcome).toBe('503 replica_lost');
  await Promise.all([thrown.released, fatal.running.released]);
  expect(started.inFlight).toBe(0);
});

test('a close unloads only once the last call is over', async () => {
  const started = await start();
  const { running } = await begin(started, 'wait');
  const closed = started.close(1);
  // The thread takes its tasks in order: had it unloaded, it could not answer this one.
  const { outcome } = await begin(started, 'count');
  expect(await outcome).toBe('2');
  running.cancel('unload');
  await running.released;
  expect(await closed).toBe(true);
});
