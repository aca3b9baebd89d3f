// Records of requests for these tests: one that ended well, and what a test says is different.

import type { RequestRecord } from '../../../../src/bench/request-record.ts';
import type { StepInput } from '../../../../src/bench/figures/summarise.ts';

/** An embedding of one text, sent at 0 and answered at 10 ms. */
export function aRecord(different: Partial<RequestRecord> = {}): RequestRecord {
  const intendedMs = different.intendedMs ?? 0;
  return {
    index: 0,
    workload: 'embeddings',
    route: 'embeddings',
    isWarmup: false,
    intendedMs,
    sentMs: intendedMs,
    tokenMs: [],
    endMs: intendedMs + 10,
    status: 200,
    outcome: 'ok',
    bytesSent: 100,
    bytesReceived: 1_000,
    items: 1,
    ...different,
  };
}

/** A chat whose pieces came at these times; it ended with the last. */
export function aStream(tokenMs: readonly number[], different: Partial<RequestRecord> = {}): RequestRecord {
  const [firstTokenMs] = tokenMs;
  return aRecord({
    workload: 'chat',
    route: 'chat',
    tokenMs,
    ...(firstTokenMs === undefined ? {} : { firstTokenMs }),
    endMs: tokenMs.at(-1) ?? 10,
    ...different,
  });
}

export const aLevel = { ttft_ms: 500, itl_p99_ms: 100, latency_ms: 100, share: 0.99 };

/** A step of these records, in an open loop by a client with nothing else to do. */
export function aStep(records: readonly RequestRecord[], different: Partial<StepInput> = {}): StepInput {
  return {
    name: 'calm',
    mode: 'open',
    records,
    startedMs: 0,
    endedMs: 10_000,
    client: { cpu_share: 0.1, event_loop_delay_p99_ms: 1, threads: 1 },
    serviceLevel: aLevel,
    ...different,
  };
}
