import { expect, test } from 'vitest';
import { columns } from '../../../../src/bench/report/columns.ts';
import { figure, figureTable, text } from '../../../../src/bench/report/figure-table.ts';

interface Row {
  readonly name: string;
  readonly size?: number;
}

const draw = (rows: readonly Row[]) =>
  columns(
    figureTable<Row>(
      't',
      [
        text('name', (row) => row.name),
        figure(
          'size',
          (row) => row.size,
          (value) => `${value} B`,
        ),
      ],
      rows,
    ),
  );

test('words stand left, numbers right, and labels with their column', () => {
  expect(
    draw([
      { name: 'a', size: 5 },
      { name: 'long name', size: 1_000 },
    ]),
  ).toEqual(['name         size', 'a             5 B', 'long name  1000 B']);
});

test('width is counted in code points, so that an emoji does not shift its row', () => {
  expect(
    draw([
      { name: '\u{1f9f5}', size: 1 },
      { name: 'xy', size: 2 },
    ]),
  ).toEqual(['name  size', '\u{1f9f5}      1 B', 'xy     2 B']);
});

test('a column that no row has a figure for is left out', () => {
  expect(draw([{ name: 'a' }])).toEqual(['name', 'a']);
});

test('a row without a figure that others have leaves its place empty', () => {
  expect(draw([{ name: 'a' }, { name: 'b', size: 1 }])).toEqual(['name  size', 'a', 'b      1 B']);
});

test('control characters and marks that turn the direction of a name cannot reach the terminal', () => {
  expect(draw([{ name: '\u{1b}[2Ja\u{202e}\n' }])[1]).toBe('\u{fffd}[2Ja\u{fffd}\u{fffd}');
});
