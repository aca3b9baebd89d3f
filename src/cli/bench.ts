// `heddle bench`: joins scenario, run and reports, and tells by its exit code whether all was well.

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemClock } from '../core/clock.ts';
import { compareRows, comparisonNotes } from '../bench/figures/compare.ts';
import { failures, type Limit, parseLimit } from '../bench/figures/fail-if.ts';
import { readRun } from '../bench/figures/read-run.ts';
import { runBench } from '../bench/plan/run-bench.ts';
import { renderComparison } from '../bench/report/comparison.ts';
import { renderReport } from '../bench/report/html/document.ts';
import { openRecordFile, type RecordFile } from '../bench/report/json-lines.ts';
import { createProgress } from '../bench/report/progress.ts';
import { summaryJson, writeSummary } from '../bench/report/summary-file.ts';
import { renderTable } from '../bench/report/table.ts';
import { checkScenario, readScenario } from '../bench/requests/read-scenario.ts';
import type { RequestRecord } from '../bench/request-record.ts';
import type { RunSummary } from '../bench/run-summary.ts';
import type { Scenario } from '../bench/scenario-schema.ts';
import type { BenchOptions } from './bench-options.ts';
import { startOwnServer } from './bench-server.ts';
import { tours } from './bench-tour.ts';

/** What a run needs of the process it is in. */
export interface BenchHost {
  readonly print: (text: string) => void;
  /** Progress and what goes wrong; a terminal or a log. */
  readonly tell: (text: string) => void;
  readonly isTty: boolean;
  readonly color: boolean;
  readonly version: string;
  readonly signal: AbortSignal;
}

// A run that cannot be trusted or kept no limit is no success for whoever waits for it.
const exitWell = 0;
const exitUnwell = 1;

/**
 * Resolves with the exit code: 1 where answers are wrong, a `--fail-if` holds, a step cannot be taken, or the run was stopped.
 * Rejects: InferenceError invalid_config where the scenario is wrong or a limit cannot be read.
 */
export async function bench(options: BenchOptions, host: BenchHost): Promise<number> {
  // Before anything is sent: a limit that cannot be read would be told only after minutes.
  const limits = options.failIf.map(parseLimit);
  if (options.compare !== undefined) return compare(options.compare, limits.length > 0, host);
  if (options.self) return tour(options, limits, host);
  const file = options.scenarioFile;
  const baseDir = file === undefined ? process.cwd() : dirname(file);
  const scenario = file === undefined ? await checkScenario(options.scenario, baseDir, 'the options') : await readScenario(file);
  const target = options.target ?? scenario.target;
  if (target === undefined) throw new Error(`${file ?? 'the options'}: expected the URL of a server, as target or on the command line`);
  return run({ ...options, scenario, baseDir, target }, limits, host);
}

/** Each model on its own: together they would measure each other. */
async function tour(options: BenchOptions, limits: readonly Limit[], host: BenchHost): Promise<number> {
  const server = await startOwnServer(host.signal);
  try {
    let code = exitWell;
    for (const [name, written] of Object.entries(tours)) {
      if (host.signal.aborted) break;
      host.tell(`${name}\n`);
      const scenario = await checkScenario(written, process.cwd(), name);
      const out = options.out === undefined ? {} : { out: join(options.out, name) };
      code = Math.max(code, await run({ ...options, scenario, baseDir: process.cwd(), target: server.url, ...out }, limits, host));
    }
    return code;
  } finally {
    await server.close();
  }
}

interface Run extends Pick<BenchOptions, 'apiKey' | 'out' | 'json'> {
  readonly scenario: Scenario;
  readonly baseDir: string;
  readonly target: string;
}

async function run(options: Run, limits: readonly Limit[], host: BenchHost): Promise<number> {
  const { scenario, baseDir, target } = options;
  const records = options.out === undefined ? undefined : await recordsIn(options.out);
  const progress = createProgress({ write: host.tell, isTty: host.isTty, clock: systemClock });
  // Timers of the run do not keep the process alive, and between two loads nothing else does.
  const alive = setInterval(() => undefined, 60_000);
  try {
    const { summary, series, failed } = await runBench({
      scenario,
      baseDir,
      target,
      ...(options.apiKey !== undefined && { apiKey: options.apiKey }),
      version: host.version,
      now: () => new Date(),
      clock: systemClock,
      signal: host.signal,
      onRecords: (step, batch) => records?.take(step, batch),
      onProgress: (state) => progress.update(state),
      say: (line) => progress.say(line),
    });
    progress.close();
    await records?.close();
    host.print(options.json ? summaryJson(summary) : renderTable(summary, { color: host.color }));
    if (options.out !== undefined) {
      await writeSummary(join(options.out, 'summary.json'), summary);
      await writeFile(join(options.out, 'report.html'), renderReport(summary, series));
      host.tell(`written: ${join(options.out, 'summary.json')}, requests.jsonl, report.html\n`);
    }
    if (failed !== undefined) host.tell(`${failed}\n`);
    return Math.max(failed === undefined ? exitWell : exitUnwell, verdict(summary, limits, host));
  } finally {
    clearInterval(alive);
    progress.close();
    await records?.close().catch(() => undefined);
  }
}

function verdict(summary: RunSummary, limits: readonly Limit[], host: BenchHost): number {
  for (const problem of summary.answers_checked.problems) host.tell(`answers are wrong, nothing was measured: ${problem}\n`);
  if (summary.answers_checked.problems.length > 0 || host.signal.aborted) return exitUnwell;
  const failed = failures(summary, limits);
  for (const { message } of failed) host.tell(`${message}\n`);
  return failed.length > 0 ? exitUnwell : exitWell;
}

async function compare([a, b]: readonly [string, string], hasLimits: boolean, host: BenchHost): Promise<number> {
  if (hasLimits) throw new Error('--fail-if: expected no --compare beside it, since limits are about one run');
  const [before, after] = await Promise.all([readRun(a), readRun(b)]);
  host.print(renderComparison(compareRows(before, after), { color: host.color }));
  for (const note of comparisonNotes(before, after)) host.print(`${note}\n`);
  return exitWell;
}

interface Records {
  take(step: string, batch: readonly RequestRecord[]): void;
  close(): Promise<void>;
}

/** Records are written one batch after the other; the first failure is told at the end, when the figures are safe. */
async function recordsIn(folder: string): Promise<Records> {
  await mkdir(folder, { recursive: true });
  const file: RecordFile = await openRecordFile(join(folder, 'requests.jsonl'));
  let written: Promise<void> = Promise.resolve();
  return {
    take(step, batch) {
      written = written.then(async () => {
        for (const record of batch) await file.write(step, record);
      });
      written.catch(() => undefined);
    },
    async close() {
      await written;
      await file.close();
    },
  };
}
