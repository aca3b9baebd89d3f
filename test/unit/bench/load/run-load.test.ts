import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import type { LoadJob, LoadProgress } from '../../../../src/bench/load/load-job.ts';
import { runLoad, threadsFor } from '../../../../src/bench/load/run-load.ts';
import type { RequestRecord } from '../../../../src/bench/request-record.ts';
import { until } from '../../../support/until.ts';
import { plainRequest, smallServer } from './small-server.ts';

const shippedThread = new URL('../../../../dist/src/bench/load/client-thread.js', import.meta.url);
const threadFile = new URL('./plain-client-thread.mjs', import.meta.url);
const hooks = { signal: new AbortController().signal };

function job(url: string, more: Partial<LoadJob>): LoadJob {
  return {
    url,
    timeoutMs: 30_000,
    connections: 8,
    // No request of these tests is made from it.
    scenario: {
      seed: 1,
      timeout_ms: 30_000,
      connections: 8,
      threads: 'auto',
      service_level: { ttft_ms: 500, itl_p99_ms: 100, latency_ms: 100, share: 0.99 },
      workloads: [],
      steps: [],
    },
    baseDir: '.',
    load: { mode: 'open', arrivals: { kind: 'constant', ratePerS: 1_000 } },
    warmupRequests: 0,
    threads: 1,
    seed: 1,
    ...more,
  };
}

async function withServer(
  use: (url: string, paths: string[]) => Promise<void>,
  answer = (response: ServerResponse) => void response.end('one\nend'),
) {
  const paths: string[] = [];
  const server = await smallServer((request, response) => {
    paths.push(request.url ?? '');
    request.resume().on('end', () => answer(response));
  });
  try {
    await use(server.url, paths);
  } finally {
    await server.close();
  }
}

const source = plainRequest;

test('an open loop has a record of every request, on the schedule, and none twice', async () => {
  await withServer(async (url, paths) => {
    const batches: RequestRecord[] = [];
    const result = await runLoad(
      job(url, { load: { mode: 'open', arrivals: { kind: 'trace', startsMs: [0, 5, 5, 20] } }, originMs: performance.now() }),
      { ...hooks, onRecords: (records) => batches.push(...records) },
      { source },
    );
    expect(result.records.map(({ index, outcome }) => [index, outcome])).toEqual([0, 1, 2, 3].map((index) => [index, 'ok']));
    // Rounding alone: they are sums of the start and the trace.
    expect(result.records.map(({ intendedMs }) => Math.round((intendedMs - result.startedMs) * 1e6) / 1e6)).toEqual([0, 5, 5, 20]);
    for (const { intendedMs, sentMs } of result.records) expect(sentMs).toBeGreaterThanOrEqual(intendedMs);
    expect(batches.toSorted((a, b) => a.index - b.index)).toEqual(result.records);
    expect(paths.toSorted()).toEqual(['/0', '/1', '/2', '/3']);
    expect(result.offeredUntilMs).toBeCloseTo(result.startedMs + 20, 6);
    expect(result.endedMs).toBe(Math.max(...result.records.map(({ endMs }) => endMs)));
    expect(result.client.threads).toBe(1);
    expect(result.client.cpuShare).toBeGreaterThan(0);
  });
});

test('the warm-up comes first, has ended before the measured part and is marked', async () => {
  await withServer(async (url) => {
    const { records, startedMs } = await runLoad(job(url, { warmupRequests: 10, requests: 5 }), hooks, { source });
    expect(records.map(({ index, isWarmup }) => [index, isWarmup])).toEqual(Array.from({ length: 15 }, (_, index) => [index, index < 10]));
    for (const { isWarmup, endMs, intendedMs } of records) {
      if (isWarmup) expect(endMs).toBeLessThanOrEqual(startedMs);
      else expect(intendedMs).toBeGreaterThanOrEqual(startedMs);
    }
  });
});

test('a duration ends the schedule, and what is on its way is waited for', async () => {
  const held: ServerResponse[] = [];
  await withServer(
    async (url) => {
      const running = runLoad(job(url, { durationMs: 4 }), hooks, { source });
      await until(() => held.length === 4);
      for (const response of held) response.end('end');
      const { records, startedMs, offeredUntilMs, endedMs } = await running;
      expect(records.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok', 'ok']);
      expect(offeredUntilMs).toBe(startedMs + 4);
      expect(endedMs).toBeGreaterThan(offeredUntilMs);
    },
    (response) => void held.push(response),
  );
});

test('a closed loop has as many on their way as clients, and the next is intended when the last ended', async () => {
  const held: ServerResponse[] = [];
  await withServer(
    async (url) => {
      const { records } = await runLoad(job(url, { load: { mode: 'closed', clients: 3 }, requests: 21 }), hooks, { source });
      expect(records.map(({ index }) => index)).toEqual(Array.from({ length: 21 }, (_, index) => index));
      const together = records.map(
        ({ intendedMs: atMs }) => records.filter((other) => other.intendedMs <= atMs && atMs < other.endMs).length,
      );
      expect(Math.max(...together)).toBe(3);
      const ends = new Set(records.map(({ endMs }) => endMs));
      expect(records.slice(3).every(({ intendedMs }) => ends.has(intendedMs))).toBe(true);
    },
    // None is answered before all three are there.
    (response) => {
      if (held.push(response) === 3) for (const each of held.splice(0)) each.end('end');
    },
  );
});

test('a share of the clients leaves, the same ones each time, and never one of the warm-up', async () => {
  await withServer(async (url) => {
    const load = job(url, {
      load: { mode: 'closed', clients: 4 },
      requests: 40,
      warmupRequests: 10,
      leave: { share: 0.5, phase: 'mid_stream', after_tokens: 1 },
    });
    const leavers = async () =>
      (await runLoad(load, hooks, { source })).records.filter(({ outcome }) => outcome === 'cancelled').map(({ index }) => index);
    const first = await leavers();
    expect(first.length).toBeGreaterThan(5);
    expect(first.length).toBeLessThan(35);
    expect(Math.min(...first)).toBeGreaterThanOrEqual(10);
    expect(await leavers()).toEqual(first);
  });
});

test('an aborted run tells the records of all that was sent, and throws the reason', async () => {
  const held: ServerResponse[] = [];
  const controller = new AbortController();
  const records: RequestRecord[] = [];
  await withServer(
    async (url) => {
      const options = { signal: controller.signal, onRecords: (batch: readonly RequestRecord[]) => void records.push(...batch) };
      const running = runLoad(job(url, { durationMs: 60_000 }), options, { source });
      const failed = expect(running).rejects.toThrow('enough');
      await until(() => held.length === 3);
      controller.abort(new Error('enough'));
      await failed;
      expect(records.length).toBeGreaterThanOrEqual(3);
      expect(new Set(records.map(({ outcome }) => outcome))).toEqual(new Set(['cancelled']));
    },
    (response) => void held.push(response),
  );
});

test('what the source throws ends the run', async () => {
  await withServer(async (url) => {
    const broken = (index: number) => {
      if (index === 3) throw new Error('no more texts');
      return plainRequest(index);
    };
    await expect(runLoad(job(url, { requests: 10 }), hooks, { source: broken })).rejects.toThrow('no more texts');
    const closed = job(url, { load: { mode: 'closed', clients: 2 }, requests: 10 });
    await expect(runLoad(closed, hooks, { source: broken })).rejects.toThrow('no more texts');
    await expect(runLoad(job(url, { warmupRequests: 10, requests: 1 }), hooks, { source: broken })).rejects.toThrow('no more texts');
  });
});

test('a load without an end is refused', async () => {
  await expect(runLoad(job('http://127.0.0.1:1', {}), hooks, { source })).rejects.toThrow(
    'expected a number of requests or a duration, got neither',
  );
});

test('threads send one schedule between them, by one clock', async () => {
  await withServer(async (url, paths) => {
    const load = job(url, {
      load: { mode: 'open', arrivals: { kind: 'poisson', ratePerS: 400 } },
      requests: 30,
      warmupRequests: 4,
      threads: 2,
      originMs: performance.now(),
    });
    const { records, startedMs, client } = await runLoad(load, hooks, { threadFile });
    const alone = await runLoad({ ...load, threads: 1 }, hooks, { source });
    expect(client.threads).toBe(2);
    expect(records.map(({ index }) => index)).toEqual(Array.from({ length: 34 }, (_, index) => index));
    expect(records.every(({ outcome }) => outcome === 'ok')).toBe(true);
    expect(new Set(paths).size).toBe(34);
    const starts = (all: readonly RequestRecord[], from: number) =>
      all.filter(({ isWarmup }) => !isWarmup).map(({ intendedMs }) => Math.round((intendedMs - from) * 1e6) / 1e6);
    expect(starts(records, startedMs)).toEqual(starts(alone.records, alone.startedMs));
    // By the clock of this thread no request was sent before the run began or after it ended.
    const nowMs = performance.now() - (load.originMs ?? 0);
    for (const { sentMs, endMs } of records) {
      expect(sentMs).toBeGreaterThan(0);
      expect(endMs).toBeLessThan(nowMs);
    }
  });
});

test('clients of a closed loop on several threads share its requests out', async () => {
  await withServer(async (url) => {
    const { records } = await runLoad(job(url, { load: { mode: 'closed', clients: 3 }, requests: 25, threads: 2 }), hooks, { threadFile });
    expect(records.map(({ index }) => index)).toEqual(Array.from({ length: 25 }, (_, index) => index));
  });
});

test('an aborted run on threads tells the records of all that was sent too', async () => {
  const held: ServerResponse[] = [];
  const controller = new AbortController();
  const records: RequestRecord[] = [];
  await withServer(
    async (url) => {
      const options = { signal: controller.signal, onRecords: (batch: readonly RequestRecord[]) => void records.push(...batch) };
      const running = runLoad(job(url, { load: { mode: 'closed', clients: 4 }, durationMs: 60_000, threads: 2 }), options, { threadFile });
      const failed = expect(running).rejects.toThrow('enough');
      await until(() => held.length === 4);
      controller.abort(new Error('enough'));
      await failed;
      expect(records.map(({ index, outcome }) => [index, outcome]).toSorted()).toEqual([0, 1, 2, 3].map((index) => [index, 'cancelled']));
    },
    (response) => void held.push(response),
  );
});

test('progress is told while nothing ends', async () => {
  let held: ServerResponse | undefined;
  await withServer(
    async (url) => {
      const told: LoadProgress[] = [];
      const onProgress = (progress: LoadProgress): void => {
        told.push(progress);
        held?.end('end');
      };
      await runLoad(job(url, { requests: 1 }), { ...hooks, onProgress }, { source });
      expect(told[0]).toMatchObject({ intended: 1, ended: 0 });
    },
    (response) => {
      held = response;
    },
  );
});

test('a thread that fails ends the run with its error', async () => {
  await withServer(async (url) => {
    const load = { ...job(url, { requests: 10, threads: 2 }), baseDir: 'broken' };
    await expect(runLoad(load, hooks, { threadFile })).rejects.toThrow('no texts in that folder');
  });
});

test('a scenario without workloads ends the run on the shipped thread', async () => {
  const load = job('http://127.0.0.1:1', { requests: 1 });
  await expect(runLoad(load, hooks, { threadFile: shippedThread })).rejects.toThrow(/workloads?/);
});

test('threads are as many as asked for, or as the rate needs', () => {
  const open = (ratePerS: number) => ({ mode: 'open', arrivals: { kind: 'poisson', ratePerS } }) as const;
  expect(threadsFor({ threads: 3, load: open(1) }, 2)).toBe(3);
  expect(threadsFor({ threads: 3, load: { mode: 'closed', clients: 2 } }, 2)).toBe(2);
  expect(threadsFor({ threads: 'auto', load: open(10) }, 8)).toBe(1);
  expect(threadsFor({ threads: 'auto', load: open(5_001) }, 8)).toBe(2);
  expect(threadsFor({ threads: 'auto', load: open(100_000) }, 8)).toBe(8);
  expect(threadsFor({ threads: 'auto', load: { mode: 'closed', clients: 600 } }, 8)).toBe(3);
  expect(threadsFor({ threads: 'auto', load: { mode: 'open', arrivals: { kind: 'trace', startsMs: [0, 1, 1, 1] } } }, 8)).toBe(1);
});
