import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareRows, comparisonNotes } from '../../../../src/bench/figures/compare.ts';
import { anOverload, aRun, aStorm, aSummary } from './a-run.ts';

const calm = aSummary();
const latency = calm.latency_ms ?? { count: 0, mean: 0, min: 0, p50: 0, p90: 0, p95: 0, p99: 0, p99_9: 0, max: 0 };
const withP50 = (p50: number, name = 'calm') => aRun({ steps: [{ ...calm, name, latency_ms: { ...latency, p50 } }] });
const rowOf = (rows: ReturnType<typeof compareRows>, figure: string) => rows.find((row) => row.figure === figure);

test('a run is the same as itself in every figure', () => {
  const run = aRun({ overloads: [anOverload()], storms: [aStorm({ wasted_cpu_s: 0 })], capacity_per_s: 100 });
  const rows = compareRows(run, run);
  expect(rows.length).toBeGreaterThan(20);
  for (const row of rows) expect(row).toMatchObject({ ratio: 1, verdict: 'same' });
});

test('less latency is better and fewer requests a second are worse', () => {
  const rows = compareRows(aRun(), aRun({ steps: [aSummary({ latency_ms: { ...latency, p50: 20 }, requests_per_s: 50 })] }));
  expect(rowOf(rows, 'p50_latency_ms')).toEqual({ step: 'calm', figure: 'p50_latency_ms', a: 40, b: 20, ratio: 0.5, verdict: 'better' });
  expect(rowOf(rows, 'requests_per_s')).toMatchObject({ verdict: 'worse' });
  expect(rowOf(rows, 'p99_ttft_ms')).toMatchObject({ verdict: 'same' });
});

test('a difference within the band of its figure is none, and tails have a wider one', () => {
  const verdict = (stat: 'p50' | 'p99', factor: number) => {
    const slower = aRun({ steps: [aSummary({ latency_ms: { ...latency, [stat]: 40 * factor } })] });
    return rowOf(compareRows(aRun(), slower), `${stat}_latency_ms`)?.verdict;
  };
  expect([verdict('p50', 1.09), verdict('p50', 1.2)]).toEqual(['same', 'worse']);
  expect([verdict('p99', 1.2), verdict('p99', 1.4), verdict('p99', 0.7)]).toEqual(['same', 'worse', 'better']);
});

test('shares differ by how far they are apart, so a first failure is told and a ratio to nothing is not', () => {
  const outcomes = aSummary().outcomes;
  const failing = (rejected: number) => aRun({ steps: [aSummary({ outcomes: { ...outcomes, ok: 100 - rejected, rejected } })] });
  const row = rowOf(compareRows(failing(0), failing(2)), 'error_share');
  expect(row).toMatchObject({ a: 0, verdict: 'worse' });
  expect(row).not.toHaveProperty('ratio');
  expect(rowOf(compareRows(failing(0), failing(0)), 'error_share')).toMatchObject({ ratio: 1, verdict: 'same' });
});

test('swapping the runs swaps the verdict', () => {
  const swapped = { better: 'worse', worse: 'better', same: 'same' };
  // Whole: a failure among doubles takes minutes to shrink.
  const ms = fc.nat(1_000);
  const nearTheBand = [1_000, 905] as const;
  fc.assert(
    fc.property(ms, ms, (first, second) => {
      const verdict = (a: number, b: number) => rowOf(compareRows(withP50(a), withP50(b)), 'p50_latency_ms')?.verdict;
      const forth = verdict(first, second);
      if (forth !== 'better' && forth !== 'worse' && forth !== 'same') throw new Error(`expected a verdict, got ${forth}`);
      expect(verdict(second, first)).toBe(swapped[forth]);
    }),
    { numRuns: 50, examples: [[...nearTheBand]] },
  );
});

test('figures of a void step are shown without a verdict', () => {
  const rows = compareRows(aRun(), aRun({ steps: [aSummary({ void_because: ['the client sent late'], requests_per_s: 1 })] }));
  expect(rows.every(({ verdict }) => verdict === 'void')).toBe(true);
  expect(rowOf(rows, 'requests_per_s')).toMatchObject({ b: 1 });
});

test('an overload is void with the steps that its recovery is taken from', () => {
  const void_because = ['the client sent late'];
  const run = aRun({ overloads: [anOverload({ recovery: aSummary({ void_because }) })], storms: [aStorm()] });
  const verdicts = compareRows(run, run).filter(({ figure }) => figure === 'recovery_s' || figure === 'p50_time_to_free_ms');
  expect(verdicts.map(({ verdict }) => verdict)).toEqual(['void', 'same']);
});

test('a figure of one run alone says whose', () => {
  const { ttft_ms: _, ...without } = aSummary();
  expect(rowOf(compareRows(aRun(), aRun({ steps: [without] })), 'p99_ttft_ms')).toEqual({
    step: 'calm',
    figure: 'p99_ttft_ms',
    a: 20,
    verdict: 'only in a',
  });
  expect(rowOf(compareRows(aRun({ steps: [without] }), aRun()), 'p99_ttft_ms')).toMatchObject({ b: 20, verdict: 'only in b' });
});

test('steps are paired by name, and equal names by their order', () => {
  const steps = [aSummary({ name: 'x', requests_per_s: 10 }), aSummary({ name: 'x', requests_per_s: 20 }), aSummary({ name: 'y' })];
  const rates = compareRows(aRun({ steps }), aRun({ steps: [steps[2], steps[0], steps[1]].filter((step) => step !== undefined) }));
  expect(rates.filter(({ figure }) => figure === 'requests_per_s').map(({ step, a, ratio }) => [step, a, ratio])).toEqual([
    ['x', 10, 1],
    ['x', 20, 1],
    ['y', 100 / 1.03, 1],
  ]);
});

test('recoveries that never came are the same, and worse than any that came', () => {
  const { recovery_s: _, ...never } = anOverload();
  const verdict = (a: typeof never, b: typeof never) => {
    const row = rowOf(compareRows(aRun({ overloads: [a] }), aRun({ overloads: [b] })), 'recovery_s');
    return row?.verdict;
  };
  expect(verdict(never, never)).toBe('same');
  expect(verdict(anOverload(), never)).toBe('worse');
  expect(verdict(never, anOverload())).toBe('better');
});

test('what else differs between two runs is noted', () => {
  const one = aRun({ steps: [aSummary({ name: 'x' })] });
  const other = aRun({ steps: [aSummary({ name: 'y' })], machine: { cpu: 'two', cores: 2 }, scenario: { ...one.scenario, seed: 2 } });
  expect(comparisonNotes(one, other)).toEqual([
    "only a has the step 'x'",
    "only b has the step 'y'",
    'the machine of the runs differs in cpu',
    'the scenario of the runs differs in seed',
    expect.stringContaining('runs at different times'),
  ]);
  expect(comparisonNotes(one, one)).toHaveLength(1);
  expect(compareRows(one, other)).toEqual([]);
});
