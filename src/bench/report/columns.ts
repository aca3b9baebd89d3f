// Aligned text columns for a terminal: words to the left, numbers to the right.

import type { FigureTable } from './figure-table.ts';

const gap = '  ';

/** One line for the labels and one for each row, without the title. Width is counted in code points. */
export function columns(table: FigureTable): string[] {
  const cells = [table.columns.map(({ label }) => label), ...table.rows].map((row) => row.map(printable));
  const widths = table.columns.map((_, column) => Math.max(...cells.map((row) => widthOf(row[column] ?? ''))));
  return cells.map((row) =>
    table.columns
      .map(({ isNumber }, column) => {
        const cell = row[column] ?? '';
        const padding = ' '.repeat((widths[column] ?? 0) - widthOf(cell));
        return isNumber ? padding + cell : cell + padding;
      })
      .join(gap)
      .trimEnd(),
  );
}

/** Names and reasons come from files and servers: a control character among them could move the cursor or change colours. */
export function printable(value: string): string {
  return value.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_C}]/gu, '\u{fffd}');
}

export function widthOf(value: string): number {
  return Array.from(value).length;
}
