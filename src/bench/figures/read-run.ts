// Reads the JSON file of a run back in. It is checked whole: half of a file, or one of another tool, would compare as nonsense.

import { readFile } from 'node:fs/promises';
import Type from 'typebox';
import { configProblems } from '../../contract/config-problems.ts';
import { InferenceError } from '../../core/errors.ts';
import { outcomes } from '../request-record.ts';
import type { RunSummary } from '../run-summary.ts';

/** The form this release writes, and the only one it reads. */
const format: RunSummary['format'] = 'heddle-bench/1';

/** Throws: invalid_config that names the file and says what is wrong with it. */
export async function readRun(path: string): Promise<RunSummary> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw invalid(path, [`expected a readable file, got ${code}`], error);
  }
  return parseRun(text, path);
}

/** Throws: invalid_config that names the file and says what is wrong with its text. */
export function parseRun(text: string, path: string): RunSummary {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const isLines = text.includes('\n{') && text.startsWith('{"');
    throw invalid(path, [isLines ? 'expected the summary of a run, got JSON lines' : 'expected JSON, got something else'], error);
  }
  const found: unknown = typeof value === 'object' && value !== null && 'format' in value ? value.format : undefined;
  if (found !== format) {
    const got = typeof found === 'string' ? `'${found.slice(0, 40)}'` : 'none';
    throw invalid(path, [`expected the format '${format}' that heddle bench writes, got ${got}`]);
  }
  const problems = configProblems(runSchema, value);
  if (problems.length > 0) throw invalid(path, problems.slice(0, mostProblems));
  return value as RunSummary; // what is read of it was proved by the schema just above
}

// A file of another release may have one in each step.
const mostProblems = 10;

const number = Type.Number();
const spread = Type.Object({
  count: number,
  mean: number,
  min: number,
  p50: number,
  p90: number,
  p95: number,
  p99: number,
  p99_9: number,
  max: number,
});
const texts = Type.Array(Type.String());

/** What comparisons and limits read. More keys are fine: later releases may write more of them. */
const step = Type.Object({
  name: Type.String(),
  duration_s: number,
  requests: number,
  outcomes: Type.Object(Object.fromEntries(outcomes.map((outcome) => [outcome, number]))),
  requests_per_s: number,
  texts_per_s: Type.Optional(number),
  tokens_in_per_s: Type.Optional(number),
  tokens_out_per_s: Type.Optional(number),
  latency_ms: Type.Optional(spread),
  service_ms: Type.Optional(spread),
  ttft_ms: Type.Optional(spread),
  itl_ms: Type.Optional(spread),
  tpot_ms: Type.Optional(spread),
  send_lag_ms: spread,
  goodput: Type.Object({ share: number, per_s: number }),
  client: Type.Object({ cpu_share: number, event_loop_delay_p99_ms: number }),
  server: Type.Optional(
    Type.Object({
      rss_peak_mib: number,
      rss_slope_mib_per_min: number,
      cpu_s_per_1000_requests: Type.Optional(number),
      cpu_s_per_1000_texts: Type.Optional(number),
      cpu_s_per_1000_tokens_out: Type.Optional(number),
    }),
  ),
  void_because: texts,
});

const runSchema = Type.Object({
  machine: Type.Object({}),
  scenario: Type.Object({}),
  steps: Type.Array(step),
  capacity_per_s: Type.Optional(number),
  overloads: Type.Array(
    Type.Object({ name: Type.String(), base: step, overload: step, recovery: step, recovery_s: Type.Optional(number) }),
  ),
  storms: Type.Array(
    Type.Object({
      name: Type.String(),
      time_to_free_ms: spread,
      wasted_cpu_s: Type.Optional(number),
      stayers: Type.Object({ calm: step, storm: step }),
    }),
  ),
});

function invalid(path: string, problems: readonly string[], cause?: unknown): InferenceError {
  return new InferenceError('invalid_config', problems.map((problem) => `${path}: ${problem}`).join('\n'), { cause });
}
