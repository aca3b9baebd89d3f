import fc from 'fast-check';
import { expect, test } from 'vitest';
import { outcomes, type RequestRecord } from '../../../../src/bench/request-record.ts';
import { parseRun } from '../../../../src/bench/figures/read-run.ts';
import { summariseStep } from '../../../../src/bench/figures/summarise.ts';
import { aRecord, aStep, aStream } from './a-record.ts';
import { aRun } from './a-run.ts';

const flat = (value: number, count: number) => ({
  count,
  mean: value,
  min: value,
  p50: value,
  p90: value,
  p95: value,
  p99: value,
  p99_9: value,
  max: value,
});

test('embeddings of known times have exactly these figures', () => {
  // 100 a second for a second, each sent 2 ms late, answered 8 ms after that, of four texts and 40 tokens.
  const records = Array.from({ length: 100 }, (_, index) =>
    aRecord({ index, intendedMs: index * 10, sentMs: index * 10 + 2, endMs: index * 10 + 10, items: 4, tokensIn: 40 }),
  );
  const step = summariseStep(aStep(records, { offeredPerS: 100 }));
  expect(step).toEqual({
    name: 'calm',
    mode: 'open',
    offered_per_s: 100,
    duration_s: 1,
    requests: 100,
    outcomes: { ok: 100, rejected: 0, timeout: 0, connection_error: 0, wrong_answer: 0, truncated: 0, cancelled: 0 },
    reasons: [],
    requests_per_s: 100,
    texts_per_s: 400,
    tokens_in_per_s: 4_000,
    latency_ms: flat(10, 100),
    service_ms: flat(8, 100),
    send_lag_ms: flat(2, 100),
    goodput: { share: 1, per_s: 100 },
    client: { cpu_share: 0.1, event_loop_delay_p99_ms: 1, threads: 1 },
    void_because: [expect.stringContaining('the client sent late')],
    notes: [],
  });
});

test('streams have time to first token from the intended start, all gaps together, and time per token by its formula', () => {
  const records = [
    aStream([110, 120, 140], { intendedMs: 100, sentMs: 104, endMs: 150, tokensOut: 3, tokensIn: 7 }),
    aStream([230, 240], { intendedMs: 200, endMs: 240, tokensOut: 2, tokensIn: 9 }),
  ];
  const step = summariseStep(aStep(records, { mode: 'closed', clients: 1 }));
  expect(step).toMatchObject({ clients: 1, duration_s: 0.14, requests_per_s: 2 / 0.14, tokens_in_per_s: 16 / 0.14 });
  expect(step.tokens_out_per_s).toBe(5 / 0.14);
  expect(step.ttft_ms).toMatchObject({ count: 2, min: 10, max: 30 });
  expect(step.itl_ms).toMatchObject({ count: 3, p50: 10, max: 20 });
  expect(step.tpot_ms).toMatchObject({ count: 2, min: 10, max: 20 });
  expect(step.texts_per_s).toBeUndefined();
});

test('a stall of the server shows in the tail, since latency counts from the schedule', () => {
  // 100 a second; the server answers in 5 ms but stands still from 1 to 3 s, and the client could send nothing meanwhile.
  const records = Array.from({ length: 1_000 }, (_, index) => {
    const intendedMs = index * 10;
    const startMs = intendedMs >= 1_000 && intendedMs < 3_000 ? 3_000 : intendedMs;
    return aRecord({ index, intendedMs, sentMs: startMs, endMs: startMs + 5 });
  });
  const { latency_ms, service_ms } = summariseStep(aStep(records));
  expect(latency_ms).toMatchObject({ p50: 5, p99: 1_905, max: 2_005 });
  expect(service_ms).toMatchObject({ p99: 5, max: 5 });
});

test('requests that failed are in no figure but the counts, the lag and the goodput', () => {
  const failed = outcomes.filter((outcome) => outcome !== 'ok');
  const records = [aStream([10, 20]), ...failed.map((outcome) => aStream([5_000, 9_000], { outcome, sentMs: 3, tokensOut: 99 }))];
  const step = summariseStep(aStep(records));
  expect(step.requests).toBe(7);
  expect(Object.values(step.outcomes)).toEqual([1, 1, 1, 1, 1, 1, 1]);
  expect(step.latency_ms).toEqual(flat(20, 1));
  expect(step.ttft_ms).toEqual(flat(10, 1));
  expect(step.itl_ms).toEqual(flat(10, 1));
  expect(step.tokens_out_per_s).toBe(2 / 0.02);
  expect(step.send_lag_ms).toMatchObject({ count: 7, p50: 3 });
  expect(step.goodput.share).toBe(1 / 7);
});

test('warm-up is in no figure, and its failures are told', () => {
  const warmups = [aRecord({ isWarmup: true, endMs: 9_000 }), aRecord({ isWarmup: true, outcome: 'rejected', sentMs: 80, endMs: 99 })];
  const measured = Array.from({ length: 20 }, (_, index) => aRecord({ intendedMs: 1_000 + index * 10 }));
  const step = summariseStep(aStep([...warmups, ...measured]));
  expect(step).toEqual({ ...summariseStep(aStep(measured)), notes: ['1 of 2 warm-up requests did not end well'] });
});

test('an answer without usage counts its pieces, and the figures say so', () => {
  const step = summariseStep(aStep([aStream([10, 20, 40]), aStream([10, 20], { tokensOut: 2 }), aStream([], { endMs: 40 })]));
  expect(step.tpot_ms).toMatchObject({ count: 2, min: 10, max: 15 });
  expect(step.tokens_out_per_s).toBe(5 / 0.04);
  expect(step.notes).toContain(
    '2 of 3 answers told no count of tokens: tpot and tokens out take the pieces of their streams for tokens, and 1 without a stream count none',
  );
});

test('text in one piece has tokens a second but no time to first token', () => {
  const step = summariseStep(aStep([aStream([], { endMs: 1_000, tokensOut: 50 })]));
  expect(step.tokens_out_per_s).toBe(50);
  for (const absent of ['ttft_ms', 'itl_ms', 'tpot_ms']) expect(step).not.toHaveProperty(absent);
});

test('pieces of several tokens are told', () => {
  const notes = (tokensOut: number) => summariseStep(aStep([aStream([10, 20, 30, 40], { tokensOut })])).notes.join();
  expect(notes(4)).not.toContain('a piece');
  expect(notes(12)).toContain('tokens came 3.0 a piece');
});

test('tokens in of some answers alone are called understated', () => {
  const { notes } = summariseStep(aStep([aRecord({ tokensIn: 5 }), aRecord()]));
  expect(notes).toContain('only 1 of 2 answers told how many tokens went in: tokens in are understated');
});

test('a closed loop says how it hides stalls', () => {
  const note = (mode: 'open' | 'closed') => summariseStep(aStep([aRecord()], { mode })).notes.join();
  expect(note('closed')).toContain('the schedule follows the server');
  expect(note('closed')).toContain('understated (coordinated omission)');
  expect(note('open')).not.toContain('omission');
});

test('a step without measured requests is void and has no quantiles', () => {
  const step = summariseStep(aStep([aRecord({ isWarmup: true })]));
  expect(step.void_because).toEqual(['no request was measured']);
  expect(step).toMatchObject({ requests: 0, duration_s: 10, requests_per_s: 0, goodput: { share: 0, per_s: 0 } });
  expect(step.send_lag_ms.count).toBe(0);
  expect(step).not.toHaveProperty('latency_ms');
});

test('a machine that changed its speed voids the step', () => {
  expect(summariseStep(aStep([aRecord()], { calibrationDrift: 0.5 })).void_because).toHaveLength(1);
});

test('CPU time of the server is that of the window, per thousand of each unit', () => {
  const records = Array.from({ length: 100 }, (_, index) => aRecord({ intendedMs: 1_000 + index * 10, items: 5 }));
  // A core all the time, before and after the step too.
  const serverSamples = Array.from({ length: 20 }, (_, index) => ({ atMs: index * 200, rssMib: 64, cpuS: index * 0.2 }));
  const { server } = summariseStep(aStep(records, { serverSamples }));
  expect(server?.rss_peak_mib).toBe(64);
  // Interpolated, so right to the last digits of a double: the window is 1 s, from the first start to the last end.
  expect(server?.cpu_s_per_1000_requests).toBeCloseTo(10, 9);
  expect(server?.cpu_s_per_1000_texts).toBeCloseTo(2, 9);
});

test('CPU time that goes into requests which failed counts, for as long as they take', () => {
  const records = [aRecord(), aRecord({ endMs: 2_000, outcome: 'timeout' })];
  const serverSamples = Array.from({ length: 20 }, (_, index) => ({ atMs: index * 200, rssMib: 64, cpuS: index * 0.2 }));
  // Interpolated between samples.
  expect(summariseStep(aStep(records, { serverSamples })).server?.cpu_s_per_1000_requests).toBeCloseTo(2_000, 6);
});

test('a server that could not be sampled is told with the reason, one that nobody looked at is not', () => {
  const notes = (different: Parameters<typeof aStep>[1]) => summariseStep(aStep([aRecord()], different)).notes.join();
  expect(notes({ serverSamples: [] })).toContain('memory and CPU time of the server are not known');
  expect(notes({ serverSamples: [], serverNote: 'no such process' })).toContain('no such process');
  expect(notes({})).not.toContain('server are not known');
});

test('memory that grows through the step is noted', () => {
  const serverSamples = Array.from({ length: 40 }, (_, index) => ({ atMs: index * 250, rssMib: 100 + index, cpuS: 0 }));
  const { notes, void_because } = summariseStep(aStep([aRecord()], { serverSamples }));
  expect(notes.join()).toContain('240 MiB a minute');
  expect(void_because).toEqual([]);
});

test('a million gaps are summarised', () => {
  const tokenMs = Array.from({ length: 1_000_001 }, (_, index) => index);
  expect(summariseStep(aStep([aStream(tokenMs)])).itl_ms).toEqual(flat(1, 1_000_000));
});

/** Any record that the load could tell of, in the order of its times. */
const anyRecord: fc.Arbitrary<RequestRecord> = fc
  .record({
    isWarmup: fc.boolean(),
    route: fc.constantFrom('chat' as const, 'embeddings' as const, 'predict' as const),
    outcome: fc.constantFrom(...outcomes),
    intendedMs: fc.nat(1_000),
    times: fc.array(fc.nat(50), { minLength: 2, maxLength: 8 }),
    isStream: fc.boolean(),
    tokensOut: fc.option(fc.nat(9), { nil: undefined }),
    willLeave: fc.boolean(),
  })
  .map(({ isWarmup, route, outcome, intendedMs, times, isStream, tokensOut, willLeave }) => {
    let at = intendedMs;
    const [sentMs = at, ...tokenMs] = times.map((gap) => (at += gap));
    const told = { isWarmup, route, outcome, intendedMs, sentMs, endMs: at, ...(willLeave ? { leave: 'queued' as const } : {}) };
    const counted = tokensOut === undefined ? told : { ...told, tokensOut };
    return isStream ? aStream(tokenMs, counted) : aRecord(counted);
  });

test('whatever the records are, nothing is lost, nothing is counted twice and every figure is a number', () => {
  fc.assert(
    fc.property(fc.array(anyRecord, { maxLength: 30 }), fc.constantFrom('open' as const, 'closed' as const), (records, mode) => {
      const step = summariseStep(aStep(records, { mode }));
      const counted = Object.values(step.outcomes).reduce((sum, count) => sum + count, 0);
      expect(counted).toBe(records.filter(({ isWarmup }) => !isWarmup).length);
      expect(step.requests).toBe(counted);
      expect(step.latency_ms?.count ?? 0).toBe(step.outcomes.ok);
      // Dividing and multiplying again loses the last digits.
      expect(step.requests_per_s * step.duration_s).toBeCloseTo(step.duration_s > 0 ? step.outcomes.ok : 0, 6);
      expect(step.goodput.per_s).toBeLessThanOrEqual(step.requests_per_s);
      expect(step.goodput.share).toBeLessThanOrEqual(1);
      // What is no number would be written as null, and read back as a problem.
      const run = aRun({ steps: [step] });
      expect(parseRun(JSON.stringify(run), 'a.json')).toEqual(run);
    }),
  );
});
