import { expect, test } from 'vitest';
import { Permits } from '../../../workers/host/permits.ts';

const free = new AbortController().signal;
/** Lets all promise reactions that are due run. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('permits are given at once while there are some, and then in the order asked', async () => {
  const permits = new Permits(2);
  const order: string[] = [];
  const first = await permits.take(free);
  const second = await permits.take(free);
  const waiting = ['a', 'b', 'c'].map((name) => permits.take(free).then((giveBack) => ({ giveBack, at: order.push(name) })));
  await turn();
  expect(order).toEqual([]);
  second();
  await turn();
  expect(order).toEqual(['a']);
  first();
  (await waiting[0])?.giveBack();
  await Promise.all(waiting);
  expect(order).toEqual(['a', 'b', 'c']);
});

test('a permit is given back once, however often its holder says so', async () => {
  const permits = new Permits(1);
  const giveBack = await permits.take(free);
  giveBack();
  giveBack();
  await permits.take(free);
  let second = false;
  void permits.take(free).then(() => {
    second = true;
  });
  await turn();
  expect(second).toBe(false);
});

test('an abort leaves the line, with the reason of the signal', async () => {
  const permits = new Permits(1);
  const giveBack = await permits.take(free);
  const leaving = new AbortController();
  const reason = new Error('left');
  const left = permits.take(leaving.signal);
  const next = permits.take(free);
  leaving.abort(reason);
  await expect(left).rejects.toBe(reason);
  giveBack();
  (await next)();
  await permits.take(free);
});

test('an abort after the permit was given changes nothing', async () => {
  const permits = new Permits(1);
  const giveBack = await permits.take(free);
  const leaving = new AbortController();
  const granted = permits.take(leaving.signal);
  const next = permits.take(free);
  giveBack();
  leaving.abort(new Error('left'));
  (await granted)();
  await next;
});

test('a signal that has aborted gets no permit', async () => {
  const permits = new Permits(1);
  const reason = new Error('left');
  await expect(permits.take(AbortSignal.abort(reason))).rejects.toBe(reason);
  await permits.take(free);
});
