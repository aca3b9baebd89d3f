// One at a time, in order, and nobody who has left holds up the line.

import { expect, test } from 'vitest';
import type { Cancellable } from '../../../src/contract/model.ts';
import { cancelError } from '../../../src/core/cancellation.ts';
import { Turn } from '../../../workers/text/turn.ts';

function makeCall(): { readonly call: Cancellable; readonly cancel: () => void } {
  const controller = new AbortController();
  const call: Cancellable = {
    signal: controller.signal,
    get cancelled() {
      return controller.signal.aborted;
    },
    throwIfCancelled: () => controller.signal.throwIfAborted(),
  };
  return { call, cancel: () => controller.abort(cancelError('disconnect')) };
}

test('callers get their turn in order', async () => {
  const turn = new Turn();
  const order: number[] = [];
  const first = await turn.take(makeCall().call);
  const others = [1, 2, 3].map(async (caller) => {
    const giveBack = await turn.take(makeCall().call);
    order.push(caller);
    giveBack();
  });
  expect(order).toEqual([]);
  first();
  await Promise.all(others);
  expect(order).toEqual([1, 2, 3]);
});

test('a cancelled waiter leaves the line', async () => {
  const turn = new Turn();
  const first = await turn.take(makeCall().call);
  const left = makeCall();
  const waiting = turn.take(left.call);
  const next = turn.take(makeCall().call);
  left.cancel();
  await expect(waiting).rejects.toMatchObject({ code: 'client_closed_request' });
  first();
  (await next)();
});

test('a waiter cancelled in the moment of its turn passes it on', async () => {
  const turn = new Turn();
  const first = await turn.take(makeCall().call);
  const left = makeCall();
  const waiting = turn.take(left.call);
  const next = turn.take(makeCall().call);
  first();
  left.cancel();
  await expect(waiting).rejects.toMatchObject({ code: 'client_closed_request' });
  (await next)();
});
