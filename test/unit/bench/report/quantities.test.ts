import { expect, test } from 'vitest';
import { count, milliseconds, percent, threeDigits } from '../../../../src/bench/report/quantities.ts';

test.each([
  [0, '0'],
  [0.01234, '0.0123'],
  [1, '1.00'],
  [12.345, '12.3'],
  [99.96, '100'],
  [123.4, '123'],
  [12_345, '12,300'],
  [-2.5, '-2.50'],
  [0.000001, '0.00000'],
  [Number.NaN, '–'],
])('%d is written in three significant digits', (value, written) => {
  expect(threeDigits(value)).toBe(written);
});

test('a count keeps all of its digits', () => {
  expect([count(0), count(999), count(1_234_567)]).toEqual(['0', '999', '1,234,567']);
});

test('from one second on milliseconds are told as seconds', () => {
  expect([milliseconds(999.4), milliseconds(999.6), milliseconds(12_340)]).toEqual(['999 ms', '1.00 s', '12.3 s']);
});

test('a share that is short of all is never written as all', () => {
  expect([percent(1), percent(0.99999), percent(0.985), percent(0)]).toEqual(['100 %', '> 99.9 %', '98.5 %', '0 %']);
});
