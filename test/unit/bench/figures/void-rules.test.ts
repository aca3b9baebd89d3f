import { expect, test } from 'vitest';
import { fewRequestsNote, type StepConditions, voidReasons } from '../../../../src/bench/figures/void-rules.ts';

const calm: StepConditions = {
  requests: 1_000,
  sendLagP99Ms: 0.4,
  latencyP50Ms: 100,
  client: { cpu_share: 0.3, event_loop_delay_p99_ms: 1, threads: 1 },
  calibrationDrift: 0.02,
};

test('a step under good conditions is not void', () => {
  expect(voidReasons(calm)).toEqual([]);
});

test('lag up to 5 % of the median latency is fine, more is not', () => {
  expect(voidReasons({ ...calm, sendLagP99Ms: 5 })).toEqual([]);
  expect(voidReasons({ ...calm, sendLagP99Ms: 5.01 })).toEqual([
    'the client sent late: p99 of its lag is 5.01 ms, at most 5.00 ms may be (5 % of the p50 latency, or 1 ms)',
  ]);
});

test('lag below the millisecond of a timer voids nothing, however fast the server is', () => {
  expect(voidReasons({ ...calm, latencyP50Ms: 0.5, sendLagP99Ms: 1 })).toEqual([]);
  expect(voidReasons({ ...calm, latencyP50Ms: 0.5, sendLagP99Ms: 1.1 })).toHaveLength(1);
});

test('a client above 80 % of its cores voids the step', () => {
  expect(voidReasons({ ...calm, client: { ...calm.client, cpu_share: 0.8 } })).toEqual([]);
  expect(voidReasons({ ...calm, client: { ...calm.client, cpu_share: 0.93 } })).toEqual([
    'the client used 93 % of its cores, at most 80 % may be: it needs more threads',
  ]);
});

test('a machine that changed its speed by more than 10 % voids the step', () => {
  expect(voidReasons({ ...calm, calibrationDrift: 0.1 })).toEqual([]);
  expect(voidReasons({ ...calm, calibrationDrift: 0.14 })).toEqual([
    'the machine changed its speed by 14 % during the step, at most 10 % may be',
  ]);
});

test('all reasons are told at once', () => {
  const bad = { ...calm, sendLagP99Ms: 50, calibrationDrift: 1, client: { ...calm.client, cpu_share: 1 } };
  expect(voidReasons(bad)).toHaveLength(3);
});

test('a step without a request is void, one in which nothing ended well is not for its lag', () => {
  const { latencyP50Ms: _, ...without } = calm;
  expect(voidReasons({ ...without, requests: 0 })).toEqual(['no request was measured']);
  expect(voidReasons({ ...without, sendLagP99Ms: 900 })).toEqual([]);
});

test('fewer than twenty requests are noted', () => {
  expect(fewRequestsNote(20)).toBeUndefined();
  expect(fewRequestsNote(19)).toContain('only 19 requests ended well');
  expect(fewRequestsNote(1)).toContain('only 1 request ended well');
  expect(fewRequestsNote(0)).toBeUndefined();
});
