// Replicas that left the set before their thread was gone: a close waits for them all the same.

import { afterEach, beforeEach, expect, test } from 'vitest';
import { ReplicaSet } from '../../../src/pool/replica-set.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { Events, eventLogger, fragile, hostFile, sharedWords } from './pool-fixture.ts';

let events: Events;
let clock: FakeClock;
let words: ReturnType<typeof sharedWords>;
let set: ReplicaSet;

beforeEach(() => {
  events = new Events();
  clock = new FakeClock();
  words = sharedWords();
});

afterEach(async () => {
  words.release();
  expect(await set.close(1)).toBe(true);
});

async function create(): Promise<ReplicaSet> {
  const { after } = clock;
  clock.after = (delayMs, action) => {
    const timer = after(delayMs, action);
    events.tell(`timer of ${delayMs} ms`);
    return timer;
  };
  set = new ReplicaSet({
    model: await fragile(true),
    replicas: 1,
    hostFile,
    clock,
    logger: eventLogger(events),
    onRoom: () => undefined,
    onDescribed: () => undefined,
    onLoaded: () => undefined,
    onFailed: () => undefined,
  });
  return set;
}

test('a close waits for a replica whose load was given up inside native code', async () => {
  await create();
  words.blockLoads();
  const inside = events.next('load is inside native code');
  const loading = set.load();
  const refused = expect(loading).rejects.toMatchObject({ code: 'load_failed' });
  await inside;
  const givingUp = events.next('timer of 10 ms');
  clock.advance(600_000);
  await givingUp;
  clock.advance(10);
  await refused;
  expect(set.alive).toBe(false);
  const closed = set.close(100);
  clock.advance(100);
  expect(await closed).toBe(false);
  const outside = events.next('load is outside native code');
  words.release();
  await outside;
  const ended = set.close(1_000);
  clock.advance(10);
  expect(await ended).toBe(true);
});
