// The replicas of a model on real threads: who gets a call, and what takes the place of a replica that ended.

import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ModelDescription } from '../../../src/contract/thread.ts';
import { ReplicaSet } from '../../../src/pool/replica-set.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { Events, eventLogger, fragile, hearing, hostFile, input, sharedWords } from './pool-fixture.ts';

/** Tells when a timer of some length was set, so that a test moves time only then. */
class ToldClock extends FakeClock {
  readonly #events: Events;
  constructor(events: Events) {
    super();
    this.#events = events;
    const { after } = this;
    this.after = (delayMs, action) => {
      const timer = after(delayMs, action);
      this.#events.tell(`timer of ${delayMs} ms`);
      return timer;
    };
  }
}

let events: Events;
let clock: ToldClock;
let words: ReturnType<typeof sharedWords>;
let described: ModelDescription[];
let failures: unknown[];
let set: ReplicaSet;

beforeEach(() => {
  events = new Events();
  clock = new ToldClock(events);
  words = sharedWords();
  described = [];
  failures = [];
});

afterEach(async () => {
  words.release();
  expect(await set.close(1)).toBe(true);
});

async function load(replicas: number, terminable = true): Promise<ReplicaSet> {
  set = new ReplicaSet({
    model: await fragile(terminable),
    replicas,
    hostFile,
    clock,
    logger: eventLogger(events),
    onRoom: () => events.tell('room'),
    onDescribed: (description) => void described.push(description),
    onLoaded: () => undefined,
    onFailed: (error) => {
      failures.push(error);
      events.tell('failed');
    },
  });
  await set.load();
  return set;
}

/** Starts a call in a place of the set and resolves once it has reached the model. */
async function begin(op: string) {
  const reached = events.next(op);
  const replica = set.reserve('predict');
  if (replica === undefined) throw new Error('expected a replica with room');
  const { observer, outcome } = hearing();
  const running = replica.call(input(op), observer);
  await reached;
  return { replica, running, outcome };
}

/** A call that comes to its end: the replica has proven itself. */
async function serveOne(): Promise<void> {
  const { running } = await begin('count');
  await running.released;
}

test('calls spread over the replicas, and none is given more than its concurrency', async () => {
  await load(2);
  const places = Array.from({ length: 16 }, () => set.reserve('predict'));
  expect(new Set(places.slice(0, 2)).size).toBe(2);
  for (const place of new Set(places)) expect(place?.runs('predict')).toBe(8);
  expect(set.reserve('predict')).toBeUndefined();
  expect(set.reserve('embeddings')).toBeDefined();
  expect(set.counts).toEqual({ ready: 2, retired: 0, total: 2 });
});

test('the class is described by each replica that constructs it', async () => {
  await load(1);
  expect(described).toEqual([{ methods: ['predict'], schemas: {}, capabilities: {}, hasIsHealthy: false, hasStages: false }]);
});

test('a call goes to the replica with fewer in flight', async () => {
  await load(2);
  const first = await begin('wait');
  const second = await begin('wait');
  expect(second.replica).not.toBe(first.replica);
  expect(set.running).toBe(2);
  for (const { running } of [first, second]) {
    running.cancel('disconnect');
    await running.released;
  }
  expect(set.running).toBe(0);
});

for (const op of ['exit', 'reject', 'exit-idle']) {
  test(`a replica whose thread dies by ${op} is replaced at once`, async () => {
    await load(1);
    const restart = events.next('timer of 0 ms');
    const { replica } = await begin(op);
    await restart;
    const room = events.next('room');
    clock.advance(0);
    await room;
    expect(set.counts).toEqual({ ready: 1, retired: 0, total: 1 });
    const after = await begin('count');
    expect(after.replica).not.toBe(replica);
    expect(await after.outcome).toBe('1');
  });
}

test('the death of one replica leaves the calls of another alone', async () => {
  await load(2);
  const safe = await begin('wait');
  const restart = events.next('timer of 0 ms');
  const fatal = await begin('exit');
  expect(fatal.replica).not.toBe(safe.replica);
  expect(await fatal.outcome).toBe('503 replica_lost');
  await restart;
  expect(safe.replica).toMatchObject({ state: 'ready', inFlight: 1 });
  safe.running.cancel('disconnect');
  await safe.running.released;
});

test('replacements that fail wait longer each time, and then the model has failed with the reason', async () => {
  await load(1);
  await serveOne();
  words.failLoads(true);
  let next = events.next('timer of 0 ms');
  await begin('exit');
  await next;
  for (const [delayMs, following] of [
    [0, 400],
    [400, 800],
    [800, 1600],
    [1600, 3200],
  ] as const) {
    next = events.next(`timer of ${following} ms`);
    clock.advance(delayMs);
    await next;
    expect(failures).toEqual([]);
  }
  const failed = events.next('failed');
  clock.advance(3199);
  expect(failures).toEqual([]);
  clock.advance(1);
  await failed;
  expect(failures).toEqual([expect.objectContaining({ code: 'load_failed', message: 'load failed: the disk is full' })]);
  expect(set.counts.ready).toBe(0);
  expect(set.reserve('predict')).toBeUndefined();
});

test('replacements that fail do not take the model from the replicas that serve it', async () => {
  await load(2);
  for (const { running } of [await begin('wait'), await begin('wait')]) {
    running.cancel('disconnect');
    await running.released;
  }
  words.failLoads(true);
  let next = events.next('timer of 0 ms');
  await begin('exit');
  await next;
  for (const [delayMs, following] of [
    [0, 400],
    [400, 800],
    [800, 1600],
    [1600, 3200],
    [3200, 6400],
  ] as const) {
    next = events.next(`timer of ${following} ms`);
    clock.advance(delayMs);
    await next;
  }
  expect(failures).toEqual([]);
  expect(set.counts.ready).toBe(1);
});

test('a replacement that serves starts the count of failures anew', async () => {
  await load(1);
  await serveOne();
  words.failLoads(true);
  let next = events.next('timer of 0 ms');
  await begin('exit');
  await next;
  next = events.next('timer of 400 ms');
  clock.advance(0);
  await next;
  words.failLoads(false);
  const room = events.next('room');
  clock.advance(400);
  await room;
  await serveOne();
  next = events.next('timer of 0 ms');
  await begin('exit');
  await next;
  expect(failures).toEqual([]);
});

test('a replica that is stuck stays counted as retired, and is ready again when its call returns', async () => {
  await load(1, false);
  const { running } = await begin('block');
  running.cancel('deadline');
  expect(set.alive).toBe(true);
  clock.advance(1_000_000);
  expect(set.alive).toBe(false);
  expect(set.counts).toEqual({ ready: 0, retired: 1, total: 1 });
  expect(set.reserve('predict')).toBeUndefined();
  expect(await set.isHealthy()).toBe(false);
  const room = events.next('room');
  words.release();
  await room;
  expect(set.counts).toEqual({ ready: 1, retired: 0, total: 1 });
  expect(set.alive).toBe(true);
  expect(await set.isHealthy()).toBe(true);
});

test('a stuck replica that can be ended is replaced', async () => {
  await load(1);
  const { running } = await begin('block');
  running.cancel('deadline');
  const restart = events.next('timer of 0 ms');
  clock.advance(20);
  // Replacing it is under way: no reason for anybody to end the process.
  expect(set.alive).toBe(true);
  await restart;
  const room = events.next('room');
  clock.advance(0);
  await room;
  expect(set.counts).toEqual({ ready: 1, retired: 0, total: 1 });
});

test('a close cancels every replacement that waits', async () => {
  await load(2);
  const restarts = [events.next('timer of 0 ms')];
  await begin('exit');
  await restarts[0];
  restarts.push(events.next('timer of 400 ms'));
  await begin('exit');
  await restarts[1];
  expect(await set.close(1)).toBe(true);
  clock.advance(1_000_000);
  expect(set.counts.ready).toBe(0);
  expect(events.seen.filter((event) => event === 'a replica could not be replaced')).toEqual([]);
  // A replica that had been started would have its load deadline ticking.
  expect(events.seen.filter((event) => event === 'timer of 600000 ms').length).toBe(2);
});

test('a model that does not load is told to whoever loads it', async () => {
  words.failLoads(true);
  await expect(load(2)).rejects.toMatchObject({ code: 'load_failed' });
  expect(failures).toEqual([]);
});

test('a replica that dies soon after each load is replaced later each time, until one lives for thirty seconds', async () => {
  await load(1);
  for (const [delayMs, waitMs] of [
    [0, 0],
    [400, 400],
    [800, 30_000],
  ] as const) {
    const restart = events.next(`timer of ${delayMs} ms`);
    await begin('exit');
    await restart;
    const room = events.next('room');
    const proving = events.next('timer of 30000 ms');
    clock.advance(delayMs);
    await Promise.all([room, proving]);
    if (waitMs === 30_000) clock.advance(waitMs);
  }
  const restart = events.next('timer of 0 ms');
  await begin('exit');
  await restart;
});

test('a full replica has no room, however much its model may run at once', async () => {
  await load(1);
  const first = set.reserve('predict');
  for (let count = 1; count < 2_048; count += 1) first?.reserve('embeddings');
  expect(set.reserve('predict')).toBeUndefined();
});

test('a closed set gives out no places', async () => {
  await load(1);
  expect(await set.close(1)).toBe(true);
  expect(set.reserve('predict')).toBeUndefined();
});
