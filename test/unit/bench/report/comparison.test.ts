import { expect, test } from 'vitest';
import { renderComparison } from '../../../../src/bench/report/comparison.ts';

const rows = [
  { step: 'steady', figure: 'p99_ttft_ms', a: 200, b: 300, ratio: 1.5, verdict: 'worse' },
  { step: 'steady', figure: 'requests_per_s', a: 20, verdict: 'only in a' },
];

test('each figure of two runs stands beside its counterpart', () => {
  expect(renderComparison(rows, { color: false }).split('\n')).toEqual([
    'step    figure             a    b  b ÷ a  verdict',
    'steady  p99_ttft_ms      200  300   1.50  worse',
    'steady  requests_per_s  20.0              only in a',
    '',
  ]);
});

test('a verdict has a colour only where it is asked for', () => {
  expect(renderComparison(rows, { color: true })).toContain('\u{1b}[31mworse\u{1b}[0m');
  expect(renderComparison(rows, { color: false })).not.toContain('\u{1b}');
});

test('runs with nothing in common say so', () => {
  expect(renderComparison([], { color: false })).toBe('The two runs have no figure in common.\n');
});
