// What a run has found so far, in the order of its steps.

import { type ReportSeries, type StepSeries, type StormSeries, stepSeries } from '../report/series.ts';
import type { OverloadSummary, RunSummary, StepSummary, StormSummary } from '../run-summary.ts';
import type { Capacity } from './capacity.ts';
import type { Measured } from './condition.ts';

export class Findings {
  readonly #steps: StepSummary[] = [];
  readonly #overloads: OverloadSummary[] = [];
  readonly #storms: StormSummary[] = [];
  readonly #series: StepSeries[] = [];
  readonly #stormSeries: StormSeries[] = [];
  #capacityPerS: number | undefined;
  #salt = 0;

  /** A number that no condition of this run had before. */
  readonly nextSalt = (): number => ++this.#salt;

  get capacityPerS(): number | undefined {
    return this.#capacityPerS;
  }

  keep({ summary, records }: Measured): void {
    this.#steps.push(summary);
    this.series(stepSeries(summary.name, records));
  }

  capacity({ perS, steps, note }: Capacity): void {
    this.#capacityPerS = perS;
    const [last, ...before] = steps.toReversed();
    if (last === undefined) return;
    // A note about the search stands where it ended.
    this.#steps.push(...before.reverse(), note === undefined ? last : { ...last, notes: [...last.notes, note] });
  }

  overload(told: OverloadSummary): void {
    this.#overloads.push(told);
  }

  storm(told: StormSummary): void {
    this.#storms.push(told);
  }

  series(series: StepSeries): void {
    this.#series.push(series);
  }

  stormSeries(series: StormSeries): void {
    this.#stormSeries.push(series);
  }

  summary(): Pick<RunSummary, 'steps' | 'overloads' | 'storms' | 'capacity_per_s'> {
    return {
      steps: this.#steps,
      ...(this.#capacityPerS !== undefined && { capacity_per_s: this.#capacityPerS }),
      overloads: this.#overloads,
      storms: this.#storms,
    };
  }

  plots(): Pick<ReportSeries, 'steps' | 'storms'> {
    return { steps: this.#series, storms: this.#stormSeries };
  }
}
