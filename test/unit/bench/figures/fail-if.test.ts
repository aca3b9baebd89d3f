import { expect, test } from 'vitest';
import { failures, parseLimit } from '../../../../src/bench/figures/fail-if.ts';
import { figureNames } from '../../../../src/bench/figures/figure-names.ts';
import { aFailure, anOverload, aRun, aStorm, aSummary } from './a-run.ts';

const failing = (run: Parameters<typeof failures>[0], ...limits: string[]) => failures(run, limits.map(parseLimit));

test('a limit has a figure, a sign and a number, with or without spaces', () => {
  for (const text of ['p99_ttft_ms > 500', ' p99_ttft_ms>500 ', 'p99_ttft_ms  >  5e2', 'p99_ttft_ms > 500.0']) {
    expect(parseLimit(text)).toMatchObject({ sign: '>', value: 500, figure: { name: 'p99_ttft_ms' } });
    expect(parseLimit(text)).not.toHaveProperty('step');
  }
  expect(parseLimit('goodput_share<=.95')).toMatchObject({ sign: '<=', value: 0.95 });
});

test('a step stands before the last colon', () => {
  expect(parseLimit('sweep 0.5x: p50_latency_ms > 1')).toMatchObject({ step: 'sweep 0.5x', figure: { name: 'p50_latency_ms' } });
  expect(parseLimit('chat: long: p50_latency_ms > 1').step).toBe('chat: long');
});

test('what is no limit is refused with the form of one', () => {
  const bad = [
    '',
    'p99_ttft_ms',
    'p99_ttft_ms > ',
    '> 5',
    'p99_ttft_ms = 5',
    'p99_ttft_ms > 5 %',
    'p99_ttft_ms > 5 ms',
    'p99_ttft_ms > 1 and 2',
  ];
  for (const text of [...bad, 'p99_ttft_ms => 5', 'p99_ttft_ms > Infinity', 'p99_ttft_ms > 0x10']) {
    expect(() => parseLimit(text)).toThrow('expected [STEP:] FIGURE SIGN NUMBER');
  }
});

test('an unknown figure is refused with the nearest one and all there are', () => {
  expect(() => parseLimit('p99_tftt_ms > 5')).toThrow(
    /unknown figure 'p99_tftt_ms'; did you mean 'p99_ttft_ms'\? The figures are requests_per_s, /,
  );
  expect(() => parseLimit('toString > 5')).toThrow("unknown figure 'toString'");
});

test('every figure that is documented can be limited', () => {
  for (const name of figureNames) expect(parseLimit(`${name} > 1`).figure.name).toBe(name);
  expect(new Set(figureNames).size).toBe(figureNames.length);
});

test('a comparison that holds fails and tells the value, one that does not passes', () => {
  expect(failing(aRun(), 'p99_ttft_ms > 19.9', 'p99_ttft_ms > 20', 'mean_itl_ms >= 10', 'requests_per_s < 1')).toEqual([
    { limit: 'p99_ttft_ms > 19.9', why: 'exceeded', message: 'calm: p99_ttft_ms is 20, which is > 19.9' },
    { limit: 'mean_itl_ms >= 10', why: 'exceeded', message: 'calm: mean_itl_ms is 10, which is >= 10' },
  ]);
});

test('shares and counts of outcomes can be limited', () => {
  const run = aRun({ steps: [aSummary({ outcomes: { ...aSummary().outcomes, ok: 90, rejected: 6, cancelled: 4 } })] });
  const failed = failing(
    run,
    'error_share > 0.0624',
    'error_share > 0.0626',
    'outcomes.rejected > 0',
    'outcomes.timeout > 0',
    'goodput_share < 1',
  );
  expect(failed.map(({ limit }) => limit)).toEqual(['error_share > 0.0624', 'outcomes.rejected > 0']);
});

test('every step is judged, or the one that is named', () => {
  const run = aRun({ steps: [aSummary({ name: 'a' }), aSummary({ name: 'b', requests_per_s: 5 })] });
  expect(failing(run, 'requests_per_s < 10').map(({ message }) => message)).toEqual(['b: requests_per_s is 5, which is < 10']);
  expect(failing(run, 'a: requests_per_s < 10')).toEqual([]);
  expect(failing(run, 'b: requests_per_s < 10')).toHaveLength(1);
});

test('a step that there is not fails instead of passing', () => {
  const [failure] = failing(aRun(), 'clam: requests_per_s < 10');
  expect(failure).toMatchObject({ why: 'missing' });
  expect(failure?.message).toContain("no step is named 'clam'; did you mean 'calm'?");
});

test('a figure that no step has fails instead of passing', () => {
  expect(
    failing(aRun(), 'texts_per_s < 1', 'capacity_per_s < 1', 'calm: wasted_cpu_s > 1').map(({ why, message }) => [why, message]),
  ).toEqual([
    ['missing', 'no step has the figure texts_per_s'],
    ['missing', 'no step has the figure capacity_per_s'],
    ['missing', "no step named 'calm' has the figure wasted_cpu_s"],
  ]);
});

test('a step in which nothing ended well does not pass a limit of latency for want of one', () => {
  const run = aRun({ steps: [aSummary(), aFailure('dead')] });
  expect(failing(run, 'p99_ttft_ms > 500')).toEqual([
    { limit: 'p99_ttft_ms > 500', why: 'missing', message: 'dead: no request ended well, so there is no p99_ttft_ms' },
  ]);
});

test('a void step fails by its own word, whatever its figures are', () => {
  const run = aRun({ steps: [aSummary({ void_because: ['the client sent late', 'more'] }), aSummary({ name: 'other' })] });
  expect(failing(run, 'p99_ttft_ms > 500')).toEqual([
    { limit: 'p99_ttft_ms > 500', why: 'void', message: 'calm: void, the client sent late' },
  ]);
  expect(failing(run, 'other: p99_ttft_ms > 500')).toEqual([]);
});

test('steps of overloads and storms are judged by name alone', () => {
  const run = aRun({ overloads: [anOverload()], storms: [aStorm()] });
  expect(failing(run, 'error_share > 0')).toEqual([]);
  expect(failing(run, 'ten times, overload: error_share > 0')).toHaveLength(1);
  expect(failing(run, 'leavers, those who stay: p99_ttft_ms > 10')).toHaveLength(1);
});

test('recovery, storms and capacity have figures of their own', () => {
  const run = aRun({ overloads: [anOverload()], storms: [aStorm({ wasted_cpu_s: 3 })], capacity_per_s: 80 });
  const limits = ['recovery_s > 1', 'max_time_to_free_ms > 39', 'wasted_cpu_s > 2', 'capacity_per_s < 90'];
  expect(failing(run, ...limits).map(({ limit }) => limit)).toEqual(limits);
  expect(failing(run, 'recovery_s > 2', 'max_time_to_free_ms > 40', 'wasted_cpu_s > 3', 'capacity_per_s < 80')).toEqual([]);
});

test('a latency that never came back and slots that were never freed exceed every limit', () => {
  const { recovery_s: _, ...overload } = anOverload();
  const storm = aStorm({ time_to_free_ms: { ...aStorm().time_to_free_ms, count: 0, p50: 0, max: 0 } });
  const failed = failing(aRun({ overloads: [overload], storms: [storm] }), 'recovery_s > 1000', 'p50_time_to_free_ms > 1000');
  expect(failed.map(({ message }) => message)).toEqual([
    'ten times: recovery_s is beyond the time that was given to it, which is > 1000',
    'leavers: p50_time_to_free_ms is beyond the time that was given to it, which is > 1000',
  ]);
});
