// Two runs beside each other, as text for a terminal.

import { paint } from './colour.ts';
import { columns, printable } from './columns.ts';
import { figure, figureTable, text } from './figure-table.ts';
import { threeDigits } from './quantities.ts';

/** One figure of one step in two runs. `figure` tells its unit; `verdict` is told as it is, and one that begins with `better` or `worse` in colour. */
export interface ComparisonRow {
  readonly step: string;
  readonly figure: string;
  readonly a?: number;
  readonly b?: number;
  /** b ÷ a. */
  readonly ratio?: number;
  readonly verdict: string;
}

/** Ends with a line break. */
export function renderComparison(rows: readonly ComparisonRow[], { color }: { readonly color: boolean }): string {
  if (rows.length === 0) return 'The two runs have no figure in common.\n';
  const ink = paint(color);
  const table = figureTable<ComparisonRow>(
    'Comparison',
    [
      text('step', (row) => row.step),
      text('figure', (row) => row.figure),
      figure('a', (row) => row.a, threeDigits),
      figure('b', (row) => row.b, threeDigits),
      figure('b ÷ a', (row) => row.ratio, threeDigits),
      text('verdict', (row) => row.verdict),
    ],
    rows,
  );
  const [head = '', ...lines] = columns(table);
  const drawn = lines.map((line, index) => {
    const verdict = printable(rows[index]?.verdict ?? '');
    const isVerdictLast = verdict !== '' && line.endsWith(verdict);
    if (!isVerdictLast) return line;
    const tint = verdict.startsWith('better') ? ink.good : verdict.startsWith('worse') ? ink.bad : (same: string) => same;
    return line.slice(0, line.length - verdict.length) + tint(verdict);
  });
  return `${[ink.dim(head), ...drawn].join('\n')}\n`;
}
