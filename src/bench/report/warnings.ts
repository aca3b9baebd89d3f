// What a reader has to see before any figure: results that are void, answers that were wrong, and what did not end well.

import type { RunSummary, StepSummary } from '../run-summary.ts';
import { type FigureTable, figure, figureTable, text } from './figure-table.ts';
import { count, percent, threeDigits } from './quantities.ts';

/** Every step of a run with a name that is its own in the run: those of overloads and storms stand below the name of theirs. */
export function allSteps(summary: RunSummary): { readonly label: string; readonly step: StepSummary }[] {
  return [
    ...summary.steps.map((step) => ({ label: step.name, step })),
    ...summary.overloads.flatMap(({ name, base, overload, recovery }) => [
      { label: `${name}, before`, step: base },
      { label: `${name}, overload`, step: overload },
      { label: `${name}, after`, step: recovery },
    ]),
    ...summary.storms.flatMap(({ name, stayers }) => [
      { label: `${name}, nobody leaves`, step: stayers.calm },
      { label: `${name}, those who stay`, step: stayers.storm },
    ]),
  ];
}

/** One line for each reason why figures are not to be trusted. */
export function voidLines(summary: RunSummary): string[] {
  return allSteps(summary).flatMap(({ label, step }) => step.void_because.map((reason) => `${label}: ${reason}`));
}

/** What the check of answers before the run found wrong. */
export function answerProblems(summary: RunSummary): string[] {
  return summary.answers_checked.problems.map((problem) => `answers are wrong: ${problem}`);
}

/** That the answers were right before anything was timed, and by what. */
export function answersChecked({ answers_checked: { requests, problems, least_cosine } }: RunSummary): string {
  if (requests === 0) return 'answers were not checked before the run';
  const cosine = least_cosine === undefined ? '' : `, least cosine to the reference ${least_cosine.toFixed(4)}`;
  return `${count(requests)} answers checked before the run, ${count(problems.length)} wrong${cosine}`;
}

export function capacityLine(summary: RunSummary): string | undefined {
  if (summary.capacity_per_s === undefined) return undefined;
  return `highest rate that holds the service level: ${threeDigits(summary.capacity_per_s)} requests/s`;
}

interface ReasonRow {
  readonly label: string;
  readonly outcome: string;
  readonly reason: string;
  readonly count: number;
  readonly share: number;
}

/** What did not end well, with reasons. No row where everything did. */
export function outcomeTable(summary: RunSummary): FigureTable {
  const rows = allSteps(summary).flatMap(({ label, step }) => reasonRows(label, step));
  return figureTable<ReasonRow>(
    'Outcomes other than ok',
    [
      text('step', (row) => row.label),
      text('outcome', (row) => row.outcome),
      figure('count', (row) => row.count, count),
      figure('of requests', (row) => row.share, percent),
      text('reason', (row) => row.reason),
    ],
    rows,
  );
}

/** The counts decide: what no reason was kept for is a row as well, so that the rows add up to all that failed. */
function reasonRows(label: string, step: StepSummary): ReasonRow[] {
  const share = (value: number) => (step.requests === 0 ? 0 : value / step.requests);
  return Object.entries(step.outcomes).flatMap(([outcome, total]) => {
    if (outcome === 'ok') return [];
    const told = step.reasons.filter((reason) => reason.outcome === outcome);
    const untold = total - told.reduce((sum, reason) => sum + reason.count, 0);
    return [...told, ...(untold > 0 ? [{ outcome, reason: 'no reason known', count: untold }] : [])].map((row) => ({
      label,
      outcome: outcome.replaceAll('_', ' '),
      reason: row.reason,
      count: row.count,
      share: share(row.count),
    }));
  });
}

/** What a reader has to know beside the figures. */
export function noteLines(summary: RunSummary): string[] {
  return [
    ...allSteps(summary).flatMap(({ label, step }) => step.notes.map((note) => `${label}: ${note}`)),
    ...summary.storms.flatMap(({ name, notes }) => notes.map((note) => `${name}: ${note}`)),
  ];
}
