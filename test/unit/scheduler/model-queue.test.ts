import { expect, test } from 'vitest';
import { cancelError } from '../../../src/core/cancellation.ts';
import { ModelQueue, type Ticket } from '../../../src/scheduler/model-queue.ts';
import { FakeClock } from '../../support/fake-clock.ts';

function setUp(options: { places?: number; maxQueue?: number; maxQueueBytes?: number } = {}) {
  const clock = new FakeClock();
  const state = { free: options.places ?? 1 };
  const executor = {
    reserve() {
      if (state.free === 0) return undefined;
      state.free -= 1;
      return 'place';
    },
  };
  const queue = new ModelQueue({ clock, executor, maxQueue: options.maxQueue ?? 10, maxQueueBytes: options.maxQueueBytes ?? 1_000 });
  const order: string[] = [];
  const ask = (name: string, more: Partial<Ticket> = {}) =>
    queue
      .acquire({
        method: 'predict',
        bytes: 1,
        priority: 0,
        key: '',
        deadline: clock.now() + 60_000,
        signal: new AbortController().signal,
        ...more,
      })
      .then(
        () => order.push(name),
        (error: { code: string }) => order.push(`${name}: ${error.code}`),
      );
  const giveBack = async () => {
    state.free += 1;
    queue.finished('predict', true);
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
  };
  return { clock, queue, order, ask, giveBack };
}

test('a free place is taken at once and a taken one is waited for', async () => {
  const { queue, order, ask, giveBack } = setUp();
  await ask('first');
  const second = ask('second');
  expect(queue.depth).toBe(1);
  await giveBack();
  await second;
  expect(order).toEqual(['first', 'second']);
  expect(queue.depth).toBe(0);
});

test('a full queue refuses, by count and by bytes', async () => {
  const { order, ask } = setUp({ maxQueue: 2, maxQueueBytes: 100 });
  await ask('running');
  void ask('a');
  await ask('large', { bytes: 100 });
  void ask('b');
  await ask('c');
  expect(order).toEqual(['running', 'large: rate_limit_exceeded', 'c: rate_limit_exceeded']);
});

test('higher priority goes first, then keys take turns, then age decides', async () => {
  const { order, ask, giveBack } = setUp();
  await ask('running');
  void ask('a1', { key: 'a' });
  void ask('a2', { key: 'a' });
  void ask('b1', { key: 'b' });
  void ask('urgent', { priority: 5 });
  for (let turn = 0; turn < 4; turn++) await giveBack();
  expect(order).toEqual(['running', 'urgent', 'a1', 'b1', 'a2']);
});

test('an aborted call leaves the queue at once with its reason', async () => {
  const { queue, order, ask } = setUp();
  await ask('running');
  const abort = new AbortController();
  const waiting = ask('gone', { signal: abort.signal });
  abort.abort(cancelError('disconnect'));
  await waiting;
  expect(queue.depth).toBe(0);
  expect(order).toEqual(['running', 'gone: client_closed_request']);
});

test('a deadline that passes in the queue is a timeout', async () => {
  const { clock, queue, order, ask } = setUp();
  await ask('running');
  const waiting = ask('late', { deadline: 100 });
  clock.advance(100);
  await waiting;
  expect(queue.depth).toBe(0);
  expect(order).toEqual(['running', 'late: timeout']);
});

test('a deadline that the measured rate cannot meet is refused at once', async () => {
  const { clock, order, ask, giveBack } = setUp({ maxQueue: 20 });
  for (let call = 0; call < 12; call++) void ask('busy');
  for (let call = 0; call < 10; call++) {
    clock.advance(1_000);
    await giveBack();
  }
  order.length = 0;
  await ask('hopeless', { deadline: clock.now() + 500 });
  expect(order).toEqual(['hopeless: deadline_unreachable']);
});

/** A queue whose `predict` was measured at one call per `serviceMs`; its place is taken, and `waiting` calls wait. */
async function measured(serviceMs: number, waiting: number) {
  const rig = setUp({ maxQueue: 32 });
  for (let call = 0; call < 13 + waiting; call++) void rig.ask('busy', { deadline: 1_000_000 });
  for (let call = 0; call < 12; call++) {
    rig.clock.advance(serviceMs);
    await rig.giveBack();
  }
  rig.order.length = 0;
  return rig;
}

test('with nobody waiting no deadline is refused, however slow service was', async () => {
  const { clock, queue, order, ask, giveBack } = await measured(10_000, 0);
  for (let call = 0; call < 100; call++) {
    expect(queue.depth).toBe(0);
    void ask('call', { deadline: clock.now() + 5_000 });
    clock.advance(1);
    await giveBack();
  }
  expect(order).toEqual(Array.from({ length: 100 }, () => 'call'));
});

test('an estimate that is too old refuses nobody', async () => {
  const { clock, queue, order, ask } = await measured(10_000, 2);
  await ask('early', { deadline: clock.now() + 5_000 });
  clock.advance(20_001);
  void ask('later', { deadline: clock.now() + 5_000 });
  expect(queue.depth).toBe(3);
  expect(order).toEqual(['early: deadline_unreachable']);
});

test('a deadline is held against the calls that go first, not against all that wait', async () => {
  const { clock, queue, order, ask } = await measured(1_000, 6);
  const deadline = clock.now() + 2_500;
  await ask('same', { deadline });
  void ask('urgent', { deadline, priority: 9 });
  void ask('other method', { deadline, method: 'embeddings' });
  expect(queue.depth).toBe(8);
  // Behind the urgent one and one call of the key that waits already.
  await ask('other key', { deadline, key: 'b' });
  void ask('other key', { deadline: deadline + 500, key: 'b' });
  expect(queue.depth).toBe(9);
  expect(order).toEqual(['same: deadline_unreachable', 'other key: deadline_unreachable']);
});

test('a full queue says what came and when to come again', async () => {
  const { clock, queue, ask } = await measured(1_000, 20);
  for (let call = 0; call < 12; call++) void ask('more');
  const ticket = { method: 'predict', bytes: 1, priority: 0, key: '', signal: new AbortController().signal } as const;
  const deadline = clock.now() + 60_000;
  await expect(queue.acquire({ ...ticket, deadline })).rejects.toMatchObject({
    message: 'expected at most 32 waiting requests, got 32 waiting and one more',
    retryAfterMs: expect.closeTo(33_000, 6),
  });
  const bytes = setUp({ maxQueueBytes: 10 });
  await bytes.ask('running');
  void bytes.ask('a', { bytes: 8 });
  await expect(bytes.queue.acquire({ ...ticket, deadline, bytes: 3 })).rejects.toMatchObject({
    message: 'expected at most 10 waiting bytes, got 8 waiting and 3 more',
    retryAfterMs: 1_000,
  });
});

test('idle time does not count as service time', async () => {
  const { clock, queue, ask, giveBack } = setUp();
  for (let call = 0; call < 12; call++) {
    await ask('rare');
    await giveBack();
    clock.advance(90_000);
  }
  await ask('running');
  void ask('waiting');
  expect(queue.depth).toBe(1);
});

test('a closed queue ends all that wait', async () => {
  const { queue, order, ask } = setUp();
  await ask('running');
  const waiting = [ask('a'), ask('b')];
  queue.close(cancelError('unload'));
  await Promise.all(waiting);
  expect(order).toEqual(['running', 'a: replica_lost', 'b: replica_lost']);
});

test('a closed queue refuses at once with the error it was closed with, room or not', async () => {
  const { queue, order, ask } = setUp({ places: 2 });
  await ask('running');
  queue.close(cancelError('unload'));
  queue.close(cancelError('drain'));
  await ask('room');
  await ask('more');
  expect(order).toEqual(['running', 'room: replica_lost', 'more: replica_lost']);
  expect(queue.depth).toBe(0);
});
