import { expect, test } from 'vitest';

// What browsers get is plain JavaScript without types; this module of the page touches no document.
const { logarithmicTicks, writes } = await import(new URL('../../../../src/bench/report/page/scales.mjs', import.meta.url).href);

test.each([
  [30, 400, [20, 50, 100, 200, 500]],
  [0.5, 0.5, [0.5]],
  [1, 10, [1, 2, 5, 10]],
  [0.03, 0.2, [0.02, 0.05, 0.1, 0.2]],
])('a logarithmic axis from %d to %d has the round values around them', (least, most, ticks) => {
  expect(logarithmicTicks(least, most)).toEqual(ticks);
});

test('numbers on axes have their unit and no more digits than needed', () => {
  expect([writes.ms(0.05), writes.ms(200), writes.ms(1_500), writes.percent(0.995), writes.perSecond(1_234)]).toEqual([
    '0.05 ms',
    '200 ms',
    '1.5 s',
    '99.5 %',
    '1230 /s',
  ]);
  expect([writes.clock(0), writes.clock(90), writes.clock(61.5)]).toEqual(['0:00', '1:30', '1:01.5']);
});
