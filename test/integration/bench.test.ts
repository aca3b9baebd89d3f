// `heddle bench` from end to end, against a server with planted defects: each is named, every request has its line, and exit codes tell.

import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { StepSummary } from '../../src/bench/run-summary.ts';
import { BenchFolder } from '../support/bench-command.ts';
import { type FakePlan, type FakeServer, startFakeServer } from '../support/fake-server/start.ts';

const folder = new BenchFolder();
afterAll(() => folder.close());

const fast = { slots: 8, ttft_ms: 10, gap_ms: 2, service_ms: 1, dimensions: 8 };
const chat = { route: 'chat', source: { texts: ['a quiet secret'] }, max_tokens: 8 };
const embeddings = { route: 'embeddings', source: { random: { words: 4 } }, expect: { dimensions: 8 } };

async function against<T>(plan: FakePlan, action: (server: FakeServer) => Promise<T>): Promise<T> {
  const server = await startFakeServer({ ...fast, ...plan });
  try {
    return await action(server);
  } finally {
    await server.close();
  }
}

/** Without the classes that nothing fell into. */
function outcomesOf(step: StepSummary | undefined): object {
  return Object.fromEntries(Object.entries(step?.outcomes ?? {}).filter(([, count]) => count > 0));
}

// The check of answers sends 2 chat requests, so the 40 of the step are the server's 3rd to 42nd.
const closed = { closed: { clients: 4 }, requests: 40, warmup_requests: 0 };

test('requests that a server refuses, drops or cuts short are told apart, and each has its line', async () => {
  await against({ refuse_every: 7, drop_every: 11, truncate_every: 13 }, async ({ url }) => {
    const { code, summary, requests } = await folder.run(url, { workloads: [chat], steps: [closed] });
    expect(code).toBe(0);
    expect(outcomesOf(summary.steps[0])).toEqual({ ok: 28, rejected: 6, connection_error: 3, truncated: 3 });
    expect(requests.map(({ index }) => index).sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, index) => index));
    for (const outcome of ['rejected', 'connection_error', 'truncated'] as const) {
      const count = requests.filter((request) => request.outcome === outcome).length;
      expect([outcome, count]).toEqual([outcome, summary.steps[0]?.outcomes[outcome]]);
      expect(summary.steps[0]?.reasons.map((reason) => reason.outcome)).toContain(outcome);
    }
    expect(requests.filter(({ status }) => status === 429)).toHaveLength(6);
  });
});

test('an embeddings answer with a vector too few is a wrong answer', async () => {
  await against({ wrong_every: 5 }, async ({ url }) => {
    // The check sends 3: the server's 4th to 33rd are those of the step, and warm-up is in no count but in the lines.
    const steps = [{ closed: { clients: 4 }, requests: 28, warmup_requests: 2 }];
    const { summary, requests } = await folder.run(url, { workloads: [embeddings], steps });
    expect(requests).toHaveLength(30);
    expect(requests.filter(({ outcome }) => outcome === 'wrong_answer')).toHaveLength(6);
    const warm = requests.filter(({ warmup, outcome }) => warmup && outcome === 'wrong_answer').length;
    expect(outcomesOf(summary.steps[0])).toEqual({ ok: 22 + warm, wrong_answer: 6 - warm });
  });
});

test('a server whose answers are wrong from the start is not measured', async () => {
  await against({ wrong_every: 1 }, async ({ url, truth }) => {
    const { code, summary, requests, stderr } = await folder.run(url, { workloads: [embeddings], steps: [closed] });
    expect(code).toBe(1);
    expect(summary.steps).toEqual([]);
    expect(requests).toEqual([]);
    expect(stderr).toContain('answers are wrong, nothing was measured: embeddings: a text: wrong_answer');
    expect((await truth()).length).toBeLessThan(5);
  });
});

test('clients that leave in mid-stream are cancelled and not failures, and the server sees them go', async () => {
  await against({ gap_ms: 5 }, async ({ url, truth }) => {
    const steps = [{ ...closed, leave: { share: 0.5, phase: 'mid_stream', after_tokens: 2 } }];
    const { summary, requests } = await folder.run(url, { workloads: [{ ...chat, max_tokens: 32 }], steps });
    const leavers = requests.filter(({ leave }) => leave !== undefined);
    expect(leavers.length).toBeGreaterThan(5);
    expect(leavers.length).toBeLessThan(35);
    expect(new Set(leavers.map(({ outcome, leave }) => `${outcome} ${leave}`))).toEqual(new Set(['cancelled mid_stream']));
    expect(outcomesOf(summary.steps[0])).toEqual({ ok: 40 - leavers.length, cancelled: leavers.length });
    expect((await truth()).filter(({ leftMs }) => leftMs !== undefined)).toHaveLength(leavers.length);
  });
});

test('an open loop has a line for every request that was intended', async () => {
  await against({ refuse_every: 4 }, async ({ url, truth }) => {
    const steps = [{ open: { rate_per_s: 100, arrivals: 'constant' }, requests: 60, warmup_requests: 4 }];
    const { summary, requests } = await folder.run(url, { workloads: [embeddings], steps });
    expect(requests).toHaveLength(64);
    expect(summary.steps[0]).toMatchObject({ mode: 'open', offered_per_s: 100, requests: 60 });
    expect((await truth()).length - 3).toBe(64);
  });
});

test('a limit that is exceeded and one without a figure end with 1 and say so', async () => {
  await against({}, async ({ url }) => {
    // Only one rate to try: the figure is 0 or 20 on a machine of any speed, and belongs to the run, which is never void.
    const steps = [{ capacity: { from_per_s: 20, most_per_s: 20 }, requests: 10, warmup_requests: 0 }];
    const limits = ['--fail-if', 'capacity_per_s < 100', '--fail-if', 'recovery_s > 1', '--fail-if', 'elsewhere: requests > 1'];
    const { code, stderr } = await folder.run(url, { workloads: [embeddings], steps }, limits);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^run: capacity_per_s is (0|20), which is < 100$/m);
    expect(stderr).toMatch(/^no step has the figure recovery_s$/m);
    expect(stderr).toMatch(/^no step is named 'elsewhere'/m);
  });
});

test('a step that cannot be taken ends the run with 1, and what was found before is told', async () => {
  await against({}, async ({ url }) => {
    const steps = [{ capacity: { from_per_s: 20, most_per_s: 20 }, requests: 10, warmup_requests: 0 }, { sweep: {} }];
    const { code, stderr, summary } = await folder.run(url, { service_level: { latency_ms: 0.001 }, workloads: [embeddings], steps });
    expect(code).toBe(1);
    expect(stderr).toContain('expected a rate that holds the service level, found none');
    expect(summary.capacity_per_s).toBe(0);
    expect(summary.steps).toHaveLength(2);
  });
});

test('two summaries are compared without a server', async () => {
  await against({}, async ({ url }) => {
    const one = await folder.run(url, { workloads: [chat], steps: [closed] });
    const other = await folder.run(url, { workloads: [chat], steps: [closed] });
    const compared = await folder.command(['--compare', join(one.folder, 'summary.json'), join(other.folder, 'summary.json')]);
    expect(compared.code).toBe(0);
    expect(compared.stdout).toContain('p50_ttft_ms');
    expect(compared.stdout).toContain('4 clients');
  });
});

test('--json prints the summary, no prompt is told anywhere, and the report asks nobody for anything', async () => {
  await against({}, async ({ url }) => {
    // Kept whatever the machine does, so it ends well.
    const args = ['--json', '--fail-if', 'capacity_per_s > 100'];
    const steps = [closed, { capacity: { from_per_s: 20, most_per_s: 20 }, requests: 10, warmup_requests: 0 }];
    const { code, stdout, stderr, summary, report, requests } = await folder.run(url, { workloads: [chat], steps }, args);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(summary);
    for (const text of [stdout, stderr, JSON.stringify(requests), report]) expect(text).not.toContain('quiet secret');
    expect(report).toContain('<title>heddle bench');
    expect(report).not.toMatch(/(?:src|href|action)\s*=\s*["']?(?:https?:)?\/\//i);
    expect(report).not.toMatch(/\b(?:url\(|import\(|fetch\(|from)\s*["']?https?:/i);
  });
});

test('a scenario with a mistake sends nothing, ends with 2 and names the path', async () => {
  const file = folder.scenario({ workloads: [{ route: 'chat' }], steps: [{ closed: { clients: 0 } }] });
  const { code, stderr } = await folder.command(['http://127.0.0.1:9', '--scenario', file]);
  expect(code).toBe(2);
  expect(stderr).toContain('steps[0].closed.clients');
});

test('a limit that cannot be read ends with 2 before anything is sent', async () => {
  const { code, stderr } = await folder.command(['http://127.0.0.1:9', '--fail-if', 'p99_tft_ms > 1']);
  expect(code).toBe(2);
  expect(stderr).toContain("unknown figure 'p99_tft_ms'; did you mean 'p99_ttft_ms'?");
});
