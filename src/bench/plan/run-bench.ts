// A whole run: the answers are checked, then the steps are taken one after the other, and what was found is put together.

import { availableParallelism, totalmem } from 'node:os';
import type { Clock } from '../../core/clock.ts';
import { InferenceError } from '../../core/errors.ts';
import { findListener } from '../figures/find-listener.ts';
import { machineBlock } from '../figures/machine.ts';
import { type ServerWatch, watchServer } from '../figures/server-process.ts';
import type { Target } from '../load/load-job.ts';
import { sendOnceTo } from '../load/send-once.ts';
import type { ReportSeries } from '../report/series.ts';
import { checkAnswers } from '../requests/check-answers.ts';
import type { RunSummary } from '../run-summary.ts';
import type { Scenario } from '../scenario-schema.ts';
import { Findings } from './findings.ts';
import type { RunParts } from './run-parts.ts';
import { runStep } from './run-step.ts';

export interface BenchJob extends Pick<RunParts, 'baseDir' | 'clock' | 'signal' | 'onRecords' | 'onProgress' | 'say'> {
  /** Checked, with its defaults. */
  readonly scenario: Scenario;
  readonly target: string;
  readonly apiKey?: string;
  /** Of this package, for the machine block. */
  readonly version: string;
  readonly now: () => Date;
}

export interface BenchResult {
  readonly summary: RunSummary;
  readonly series: ReportSeries;
  /** Why a step could not be taken: neither it nor those after it are told. */
  readonly failed?: string;
}

/**
 * Wrong answers end the run before anything is timed: figures of them would be worth nothing. A signal ends it too, and what was found until
 * then is told; so is what was found before a step that cannot be taken.
 * Rejects: InferenceError invalid_config where a file of the scenario cannot be read.
 */
export async function runBench(job: BenchJob): Promise<BenchResult> {
  const { scenario, clock, signal } = job;
  const startedAt = job.now();
  const originMs = clock.now();
  const target: Target = {
    url: job.target,
    ...(job.apiKey !== undefined && { apiKey: job.apiKey }),
    timeoutMs: scenario.timeout_ms,
    connections: scenario.connections,
  };
  const findings = new Findings();
  job.say('checking answers');
  const checked = await checkAnswers(scenario, job.baseDir, sendOnceTo(target, signal));
  const watch = await watchOf(scenario, job.target, clock, originMs);
  const parts: RunParts = { ...job, target, originMs, serverSamples: watch.server?.samples, serverNote: watch.note };
  let failed: string | undefined;
  try {
    if (checked.problems.length === 0) {
      for (const [index, step] of scenario.steps.entries()) {
        await runStep(step, { index: index + 1, of: scenario.steps.length }, parts, findings);
      }
    }
  } catch (error) {
    if (!signal.aborted) {
      if (error instanceof InferenceError || !(error instanceof Error)) throw error;
      failed = error.message;
    }
    // It took minutes to find.
    job.say('stopped: what follows is what was found until then');
  } finally {
    await watch.server?.close();
  }
  const cores = availableParallelism();
  const memoryMib = Math.round(totalmem() / 2 ** 20);
  return {
    summary: {
      format: 'heddle-bench/1',
      started_at: startedAt.toISOString(),
      target: job.target,
      machine: machineBlock({ version: job.version, cores, memoryMib, now: startedAt }),
      scenario,
      answers_checked: checked,
      ...findings.summary(),
    },
    ...(failed !== undefined && { failed }),
    series: { ...findings.plots(), ...(watch.server !== undefined && { server_samples: watch.server.samples }) },
  };
}

async function watchOf(
  scenario: Scenario,
  target: string,
  clock: Clock,
  originMs: number,
): Promise<{ readonly server?: ServerWatch; readonly note: string | undefined }> {
  const listener = scenario.server_pid === undefined ? await findListener(target) : { pid: scenario.server_pid };
  if ('note' in listener) return { note: listener.note };
  const server = await watchServer({ pid: listener.pid, clock, originMs });
  return { server, note: server.note };
}
