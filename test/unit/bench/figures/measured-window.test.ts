import fc from 'fast-check';
import { expect, test } from 'vitest';
import { measuredWindow } from '../../../../src/bench/figures/measured-window.ts';
import { aRecord } from './a-record.ts';

const seconds = (mode: 'open' | 'closed', records: Parameters<typeof measuredWindow>[0]): number => {
  const { fromMs, untilMs } = measuredWindow(records, mode);
  return (untilMs - fromMs) / 1_000;
};

test('ten starts of ten a second last a second, though the last answer came sooner', () => {
  const records = Array.from({ length: 10 }, (_, index) => aRecord({ intendedMs: 5_000 + index * 100 }));
  // Nine tenths divided by nine times ten, in floating point.
  expect(seconds('open', records)).toBeCloseTo(1, 9);
});

test('bursts last as long as there are gaps between bursts', () => {
  const records = Array.from({ length: 40 }, (_, index) => aRecord({ intendedMs: Math.floor(index / 10) * 250 }));
  expect(seconds('open', records)).toBeCloseTo(1, 9);
});

test('an overloaded server is given the time that it needs to work off its queue', () => {
  const records = Array.from({ length: 10 }, (_, index) => aRecord({ intendedMs: index, endMs: (index + 1) * 500 }));
  expect(seconds('open', records)).toBe(5);
});

test('a request that hangs until its limit does not thin out the rate of the others', () => {
  const records = Array.from({ length: 10 }, (_, index) => aRecord({ intendedMs: index * 100 }));
  expect(seconds('open', [...records, aRecord({ intendedMs: 50, endMs: 120_000, outcome: 'timeout' })])).toBeLessThan(1.1);
});

test('a server that dies is not credited with the rate until then', () => {
  const records = Array.from({ length: 100 }, (_, index) =>
    aRecord({ intendedMs: index * 100, ...(index < 10 ? {} : { outcome: 'connection_error' as const }) }),
  );
  expect(seconds('open', records)).toBeCloseTo(10, 9);
  expect(seconds('closed', records)).toBeCloseTo(9.9, 9);
});

test('a closed loop lasts until its last answer and no longer', () => {
  // Two clients, each with three requests of 100 ms.
  const records = [0, 100, 200].flatMap((intendedMs) => [0, 1].map(() => aRecord({ intendedMs, endMs: intendedMs + 100 })));
  expect(seconds('closed', records)).toBe(0.3);
});

test('where nothing ended well the last end of any counts, and it is told beside either way', () => {
  expect(measuredWindow([aRecord({ intendedMs: 10, endMs: 500, outcome: 'timeout' })], 'open')).toEqual({
    fromMs: 10,
    untilMs: 500,
    lastEndMs: 500,
  });
  const cancelled = aRecord({ endMs: 900, outcome: 'cancelled' });
  expect(measuredWindow([aRecord({ endMs: 20 }), cancelled], 'open')).toMatchObject({ untilMs: 20, lastEndMs: 900 });
});

test('an open loop is never said to answer more than arrived', () => {
  const gaps = fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(gaps, fc.integer({ min: 0, max: 5_000 }), (between, latencyMs) => {
      let at = 0;
      const starts = [0, ...between.map((gap) => (at += gap))];
      const records = starts.map((intendedMs) => aRecord({ intendedMs, endMs: intendedMs + latencyMs }));
      const arrivedPerS = (between.length / at) * 1_000;
      // The last digits of a division.
      expect(records.length / seconds('open', records)).toBeLessThanOrEqual(arrivedPerS * (1 + 1e-9));
    }),
  );
});
