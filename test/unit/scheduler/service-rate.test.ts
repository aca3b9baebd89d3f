import { expect, test } from 'vitest';
import { ServiceRate } from '../../../src/scheduler/service-rate.ts';
import { FakeClock } from '../../support/fake-clock.ts';

function setUp() {
  const clock = new FakeClock();
  const rate = new ServiceRate(clock);
  /** `count` calls end at one moment while others wait. */
  const serve = (count = 1) => {
    for (let call = 0; call < count; call++) rate.completed(true, true);
  };
  const steady = (calls: number, gapMs: number) => {
    for (let call = 0; call < calls; call++) {
      clock.advance(gapMs);
      serve();
    }
  };
  return { clock, rate, serve, steady };
}

test('steady service is measured exactly, fast or slow', () => {
  for (const gapMs of [1, 40, 10_000]) {
    const { rate, steady } = setUp();
    steady(12, gapMs);
    // Sums that fade by a factor that is no round number, hence the digits.
    expect(rate.expectedWaitMs(10)).toBeCloseTo(10 * gapMs, 6);
  }
});

test('a batch counts as a whole, after its last completion and after the first of the next', () => {
  const { clock, rate, serve } = setUp();
  for (let batch = 0; batch < 10; batch++) {
    clock.advance(500);
    serve(32);
  }
  expect(rate.expectedWaitMs(256)).toBeCloseTo(4_000, 6);
  clock.advance(500);
  serve();
  expect(rate.expectedWaitMs(256)).toBeCloseTo(4_000, 6);
});

test('bursts whose calls end one after another are close to their mean rate at any moment', () => {
  const { clock, rate, serve } = setUp();
  for (let burst = 0; burst < 40; burst++) {
    for (let call = 0; call < 32; call++) {
      clock.advance(call === 0 ? 469 : 1);
      serve();
      // Ten seconds are remembered, about twenty bursts: part of one more or less moves the mean by a twentieth.
      if (burst < 20) continue;
      expect(rate.expectedWaitMs(256)).toBeGreaterThan(3_800);
      expect(rate.expectedWaitMs(256)).toBeLessThan(4_250);
    }
  }
});

test('too few completions say nothing', () => {
  const { rate, steady } = setUp();
  steady(9, 100);
  expect(rate.expectedWaitMs(1)).toBe(undefined);
  steady(1, 100);
  expect(rate.expectedWaitMs(1)).toBeCloseTo(100, 6);
});

test('an estimate expires, later where service is slow, and is then measured anew', () => {
  const { clock, rate, serve, steady } = setUp();
  steady(12, 10_000);
  clock.advance(20_000);
  expect(rate.expectedWaitMs(1)).toBeCloseTo(10_000, 6);
  clock.advance(1);
  expect(rate.expectedWaitMs(1)).toBe(undefined);
  rate.completed(true, false);
  clock.advance(60_000);
  serve();
  steady(9, 50);
  expect(rate.expectedWaitMs(1)).toBeCloseTo(50, 6);
});

test('a call that was not served takes time and counts for none', () => {
  const { clock, rate, serve } = setUp();
  for (let call = 0; call < 12; call++) {
    clock.advance(50);
    rate.completed(false, true);
    clock.advance(50);
    serve();
  }
  expect(rate.expectedWaitMs(1)).toBeCloseTo(100, 6);
});

test('time in which nobody waits is not measured', () => {
  const { clock, rate, serve, steady } = setUp();
  steady(12, 100);
  rate.completed(true, false);
  clock.advance(5_000);
  serve();
  steady(2, 100);
  rate.completed(false, false);
  clock.advance(5_000);
  serve();
  steady(2, 100);
  expect(rate.expectedWaitMs(1)).toBeLessThan(101);
});
