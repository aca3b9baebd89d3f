// The figures of a run as text for a terminal.

import type { RunSummary } from '../run-summary.ts';
import { type Paint, paint } from './colour.ts';
import { columns, printable } from './columns.ts';
import type { FigureTable } from './figure-table.ts';
import { formulas } from './formulas.ts';
import { overloadTable, recoveries } from './overload-tables.ts';
import { stayerTable, stormTable } from './storm-tables.ts';
import { stepBlocks } from './step-tables.ts';
import { answerProblems, answersChecked, capacityLine, noteLines, outcomeTable, voidLines } from './warnings.ts';

/** Ends with a line break. What makes figures worthless stands before them, what they mean after them. */
export function renderTable(summary: RunSummary, { color }: { readonly color: boolean }): string {
  const ink = paint(color);
  const blocks = [
    alarms(summary, ink),
    ...stepBlocks(summary.steps).map(({ title, about, tables }) => block(title, about, tables, [], ink)),
    ...overloads(summary, ink),
    ...storms(summary, ink),
    ...outcomes(summary, ink),
    remarks(summary),
    meanings(ink),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function alarms(summary: RunSummary, ink: Paint): string[] {
  const voids = voidLines(summary).map((line) => ink.alarm(`VOID  ${printable(line)}`));
  const wrong = answerProblems(summary).map((line) => ink.alarm(`WRONG ${printable(line)}`));
  const rule = '!'.repeat(72);
  const advice = voids.length > 0 ? ['These figures are of the client or of chance, not of the server: do not use them.'] : [];
  return voids.length + wrong.length === 0 ? [] : [ink.bad(rule), ...wrong, ...voids, ...advice, ink.bad(rule)];
}

function block(title: string, about: string, tables: readonly FigureTable[], sentences: readonly string[], ink: Paint): string[] {
  const drawn = tables.flatMap((table) => ['', ...indented(table, ink)]);
  return [ink.bold(title) + (about === '' ? '' : `: ${about}`), ...sentences.map((line) => `  ${printable(line)}`), ...drawn];
}

function indented(table: FigureTable, ink: Paint): string[] {
  const [head = '', ...rows] = columns(table);
  return [`  ${ink.dim(head)}`, ...rows.map((row) => `  ${row}`)];
}

function overloads(summary: RunSummary, ink: Paint): string[][] {
  if (summary.overloads.length === 0) return [];
  return [block('Overload', '', [overloadTable(summary.overloads)], recoveries(summary.overloads), ink)];
}

function storms(summary: RunSummary, ink: Paint): string[][] {
  if (summary.storms.length === 0) return [];
  return [block('Cancel storms', '', [stormTable(summary.storms), stayerTable(summary.storms)], [], ink)];
}

function outcomes(summary: RunSummary, ink: Paint): string[][] {
  const table = outcomeTable(summary);
  return table.rows.length === 0 ? [] : [block(table.title, '', [table], [], ink)];
}

function remarks(summary: RunSummary): string[] {
  const capacity = capacityLine(summary);
  const notes = noteLines(summary).map((note) => `note: ${printable(note)}`);
  return [...(capacity === undefined ? [] : [capacity]), answersChecked(summary), ...notes];
}

function meanings(ink: Paint): string[] {
  const width = Math.max(...formulas.map(({ name }) => name.length));
  return [
    ink.dim('What the figures mean, because tools disagree:'),
    ...formulas.map(({ name, meaning }) => ink.dim(`  ${name.padEnd(width)}  ${meaning}`)),
  ];
}
