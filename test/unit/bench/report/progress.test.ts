import { expect, test } from 'vitest';
import { createProgress, type ProgressOptions, type ProgressState } from '../../../../src/bench/report/progress.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

const state: ProgressState = {
  step: 'steady',
  index: 2,
  of: 5,
  elapsedS: 65,
  leftS: 5.4,
  sent: 1_300,
  inFlight: 12,
  ok: 1_280,
  failed: 8,
  ratePerS: 20.04,
  p50Ms: 101.4,
};

function start(change: Partial<ProgressOptions> = {}) {
  const clock = new FakeClock();
  const written: string[] = [];
  const progress = createProgress({ write: (text) => written.push(text), isTty: true, clock, columns: () => 200, ...change });
  return { clock, written, progress };
}

test('a terminal shows where the run stands on a line that is drawn over', () => {
  const { written, progress } = start();
  progress.update(state);
  expect(written).toEqual([
    '\r\u{1b}[Kstep 2/5 steady  1:05, 0:05 left  sent 1,300  in flight 12  ok 1,280  failed 8  20.0 /s  p50 101 ms',
  ]);
});

test('what is not known yet is left out', () => {
  const { written, progress } = start();
  const { leftS: _, p50Ms: __, ...early } = state;
  progress.update(early);
  expect(written[0]).toMatch(/steady {2}1:05 {2}sent .* 20\.0 \/s$/);
});

test('news that come faster than they can be read are drawn once, the last of them', () => {
  const { clock, written, progress } = start();
  for (const sent of [1, 2, 3]) progress.update({ ...state, sent });
  expect(written).toHaveLength(1);
  clock.advance(200);
  expect(written).toHaveLength(2);
  expect(written[1]).toContain('sent 3 ');
  clock.advance(1_000);
  expect(written).toHaveLength(2);
});

test('a line that is wider than the terminal is cut, so that it can be drawn over', () => {
  const { written, progress } = start({ columns: () => 20 });
  progress.update({ ...state, step: '\u{1f9f5}'.repeat(40) });
  expect(Array.from((written[0] ?? '').replace('\r\u{1b}[K', ''))).toHaveLength(19);
});

test('a terminal that tells no width counts as one of 80 columns', () => {
  const { written, progress } = start({ columns: () => 0 });
  progress.update({ ...state, step: 'x'.repeat(100) });
  expect(Array.from((written[0] ?? '').replace('\r\u{1b}[K', ''))).toHaveLength(79);
});

test('closing clears the line once, and later news write nothing', () => {
  const { clock, written, progress } = start();
  progress.update(state);
  progress.update(state);
  progress.close();
  progress.close();
  progress.update(state);
  clock.advance(60_000);
  expect(written.slice(1)).toEqual(['\r\u{1b}[K']);
});

test('a line that is said stays above the one that moves', () => {
  const { written, progress } = start();
  progress.update(state);
  progress.say('steady is done');
  expect(written.at(-1)).toBe('\r\u{1b}[Ksteady is done\n');
});

test('without a terminal there is one plain line every ten seconds, and one when a step begins', () => {
  const { clock, written, progress } = start({ isTty: false });
  for (let second = 0; second < 25; second++) {
    progress.update({ ...state, elapsedS: second });
    clock.advance(1_000);
  }
  expect(written.map((line) => /steady {2}(\d:\d\d)/.exec(line)?.[1])).toEqual(['0:00', '0:09', '0:19']);
  progress.update({ ...state, index: 3, step: 'next' });
  expect(written.at(-1)).toMatch(/^step 3\/5 next .*\n$/);
  progress.close();
  expect(written).toHaveLength(4);
  for (const control of ['\r', '\u{1b}']) expect(written.join('')).not.toContain(control);
});
