import { expect, test } from 'vitest';
import { Schedule, startsOf } from '../../../../src/bench/load/arrivals.ts';
import { OpenLoop } from '../../../../src/bench/load/open-loop.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

function loopOf(requests: number, options: { readonly onSend?: (loop: OpenLoop) => void } = {}) {
  const clock = new FakeClock();
  const sent: (readonly [place: number, intendedMs: number, nowMs: number])[] = [];
  const loop: OpenLoop = new OpenLoop({
    schedule: new Schedule(startsOf({ kind: 'constant', ratePerS: 100 }, 1), { requests }),
    startMs: 1000,
    clock,
    waker: (pump) => ({ wakeAt: (atMs) => void clock.after(atMs - clock.now(), pump), cancel: () => undefined }),
    send: (place, intendedMs) => {
      sent.push([place, intendedMs, clock.now()]);
      options.onSend?.(loop);
    },
  });
  return { clock, sent, loop };
}

test('requests are sent when the schedule wants them', async () => {
  const { clock, sent, loop } = loopOf(3);
  loop.pump();
  clock.advance(2000);
  expect(sent).toEqual([
    [0, 1000, 1000],
    [1, 1010, 1010],
    [2, 1020, 1020],
  ]);
  await loop.allSent;
});

test('a client that was held up sends all that is due and keeps their intended starts', () => {
  const { clock, sent, loop } = loopOf(4);
  // No waking until then: the first look at the time is late.
  clock.advance(1025);
  loop.pump();
  expect(sent).toEqual([
    [0, 1000, 1025],
    [1, 1010, 1025],
    [2, 1020, 1025],
  ]);
  clock.advance(5);
  expect(sent.at(-1)).toEqual([3, 1030, 1030]);
});

test('a client that is far behind looks for answers between its sends', () => {
  const { clock, sent, loop } = loopOf(200);
  clock.advance(4_000);
  loop.pump();
  expect(sent.length).toBeLessThan(200);
  // Its next waking is due at once.
  clock.advance(0);
  expect(sent.map(([place]) => place)).toEqual(Array.from({ length: 200 }, (_, place) => place));
});

test('a look from within a send sends nothing twice', () => {
  const { clock, sent, loop } = loopOf(3, { onSend: (self) => self.pump() });
  loop.pump();
  clock.advance(2000);
  expect(sent.map(([place]) => place)).toEqual([0, 1, 2]);
});

test('a stopped loop sends no more', async () => {
  const { clock, sent, loop } = loopOf(3);
  loop.pump();
  clock.advance(1005);
  loop.stop();
  clock.advance(1000);
  await loop.allSent;
  expect(sent.map(([place]) => place)).toEqual([0]);
});
