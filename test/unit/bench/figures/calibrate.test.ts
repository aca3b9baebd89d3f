import { expect, test } from 'vitest';
import { calibrate, calibrationDrift } from '../../../../src/bench/figures/calibrate.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

/** Work that takes these times, one after the other. */
function workOf(clock: FakeClock, times: readonly number[], result = () => 1): () => number {
  const left = [...times];
  return () => {
    clock.advance(left.shift() ?? 0);
    return result();
  };
}

test('the median of five pieces counts, the first run before them does not', () => {
  const clock = new FakeClock();
  expect(calibrate(clock, workOf(clock, [900, 6, 8, 400, 7, 5]))).toBe(7);
});

test('work that does not repeat its result is refused', () => {
  const clock = new FakeClock();
  let result = 1;
  expect(() =>
    calibrate(
      clock,
      workOf(clock, [], () => (result *= 2)),
    ),
  ).toThrow('expected the calibration to give the same result');
});

test('the kernel itself gives the same result every time', () => {
  expect(calibrate(new FakeClock())).toBe(0);
});

test('drift is how much slower the slower one is, whichever came first', () => {
  // 12 / 10 is not 1.2 exactly in floating point.
  expect(calibrationDrift(10, 12)).toBeCloseTo(0.2, 12);
  expect(calibrationDrift(12, 10)).toBeCloseTo(0.2, 12);
  expect(calibrationDrift(10, 10)).toBe(0);
  expect(calibrationDrift(0, 10)).toBe(0);
});
