import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { pageModules } from '../../../../src/bench/report/html/assets.ts';
import { renderReport } from '../../../../src/bench/report/html/document.ts';
import { type ReportSeries, stepSeries, stormSeries } from '../../../../src/bench/report/series.ts';
import { outcomesOf, overloadOf, recordOf, runOf, spreadOf, stepOf, stormOf } from './synthetic-run.ts';

const noSeries: ReportSeries = { steps: [], storms: [] };
const samples = [
  { atMs: 500, rssMib: 300, cpuS: 7 },
  { atMs: 1_500, rssMib: 310, cpuS: 8.4 },
];
const stream = { firstTokenMs: 50, tokenMs: [50, 60, 75], tokensOut: 3 };

/** The scripts of the page, in order, without their tags; the data is the first. */
function scriptsOf(html: string): { data: Record<string, unknown>; library: string; page: string } {
  const found = [...html.matchAll(/<script([^>]*)>([\s\S]*?)<\/script>/g)].map((match) => match[2] ?? '');
  expect(found).toHaveLength(3);
  const [data = '', library = '', page = ''] = found;
  return { data: JSON.parse(data), library, page };
}

test('the report asks nobody for anything: no address but in text, and a policy that allows no request', () => {
  const html = renderReport(runOf({ storms: [stormOf()], overloads: [overloadOf()] }), {
    ...noSeries,
    steps: [stepSeries('steady', [recordOf()])],
  });
  expect([...html.matchAll(/\s(?:src|href|action|srcset|data|poster)=["']?([^"'>\s]*)/g)].map((match) => match[1])).toEqual(['data:,']);
  expect(html).not.toMatch(/url\(|@import|<iframe|<object|<embed|<base/);
  const { page, library } = scriptsOf(html);
  expect(page + library).not.toMatch(/\bfetch\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon|import\(/);
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1]?.split('; ') ?? [];
  expect(policy[0]).toBe("default-src 'none'");
  const sources = policy.flatMap((directive) => directive.split(' ').slice(1)).filter((source) => !source.startsWith("'sha256-"));
  expect(new Set(sources)).toEqual(new Set(["'none'", 'data:']));
});

test('the policy allows exactly the scripts and styles of the file', () => {
  const html = renderReport(runOf(), noSeries);
  const { library, page } = scriptsOf(html);
  const styles = [...html.matchAll(/<style>([\s\S]*?)<\/style>/g)].map((match) => match[1] ?? '');
  const hashes = (texts: readonly string[]) =>
    texts.map((text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`).join(' ');
  expect(html).toContain(`script-src ${hashes([library, page])};`);
  expect(html).toContain(`style-src ${hashes(styles)};`);
  expect(html).not.toMatch(/<[^>]+\s(?:style|on\w+)=/);
});

test('a hostile name stays text in the page and in its data', () => {
  const name = '</script><script>alert(1)</script><!--\u2028<b onclick="x">\'&';
  const step = stepOf({
    name,
    void_because: [name],
    notes: [name],
    outcomes: outcomesOf({ ok: 599, rejected: 1 }),
    reasons: [{ outcome: 'rejected', reason: name, count: 1 }],
  });
  const html = renderReport(
    runOf({ target: name, machine: { [name]: name }, steps: [step], storms: [stormOf({ name })], overloads: [overloadOf({ name })] }),
    { steps: [stepSeries(name, [recordOf()])], storms: [stormSeries(name, [recordOf()], [recordOf()])] },
  );
  const { data } = scriptsOf(html);
  expect(data['steps']).toEqual([expect.objectContaining({ name, isVoid: true })]);
  expect(html).not.toContain('<script>alert');
  expect(html).not.toContain('<b onclick');
  expect(html).not.toContain('\u2028');
  expect(html).toContain('&lt;/script&gt;&lt;script&gt;alert(1)');
});

test('texts of the scenario are not in the report', () => {
  const { scenario } = runOf();
  const workloads = scenario.workloads.map((workload) => ({ ...workload, source: { texts: ['a secret question'] } }));
  const html = renderReport(runOf({ scenario: { ...scenario, workloads } }), noSeries);
  expect(html).not.toContain('a secret question');
  expect(html).toContain('(17 characters)');
});

test('figures stand in the page without its script, in tiles and tables', () => {
  const html = renderReport(
    runOf({ capacity_per_s: 42.5, steps: [stepOf({ ttft_ms: spreadOf(250) })], storms: [stormOf()], overloads: [overloadOf()] }),
    noSeries,
  );
  for (const text of ['42.5 /s', '250 ms', 'in mid-stream', '429 queue_full', 'a processor', 'inter-token latency', 'heddle bench']) {
    expect(html).toContain(text);
  }
  expect([...html.matchAll(/<h2>([^<]*)</g)].map((match) => match[1])).toEqual([
    'Open loop',
    'Overload',
    'Cancel storms',
    'What did not end well',
    'Notes',
    'What the figures mean',
    'Machine',
    'Scenario',
  ]);
});

test('void steps and wrong answers stand before everything else', () => {
  const html = renderReport(
    runOf({ steps: [stepOf({ void_because: ['the client was late'] })], answers_checked: { requests: 1, problems: ['cosine 0.1'] } }),
    noSeries,
  );
  expect(html).toMatch(
    /<main>\n<div class="alarm" role="alert">\n<h2>VOID[\s\S]*cosine 0\.1[\s\S]*steady: the client was late[\s\S]*class="tiles"/,
  );
  expect(html).toContain('<td class="void">steady (VOID)</td>');
  expect(renderReport(runOf(), noSeries)).not.toContain('role="alert"');
});

const figuresOf = (html: string) => [...html.matchAll(/<figure id="([^"]+)"/g)].map((match) => match[1]);

test('a plot is there only when there is something to draw', () => {
  expect(figuresOf(renderReport(runOf(), noSeries))).toEqual([]);
  const embeddings = stepSeries('steady', [recordOf({ route: 'embeddings', items: 8 })]);
  expect(figuresOf(renderReport(runOf(), { ...noSeries, steps: [embeddings] }))).toEqual(['latency-cdf', 'outcomes', 'texts']);
  const chat = stepSeries('steady', [recordOf(stream), recordOf({ outcome: 'cancelled', leave: 'queued' })]);
  const all: ReportSeries = {
    steps: [chat],
    storms: [stormSeries('gust', [recordOf()], [recordOf()])],
    batch_sizes: [{ size: 4, count: 9 }],
    server_samples: samples,
  };
  const sweep = [10, 20, 30].map((offered_per_s) => stepOf({ kind: 'sweep', offered_per_s, name: `at ${offered_per_s}` }));
  expect(figuresOf(renderReport(runOf({ steps: sweep, storms: [stormOf()] }), all))).toEqual([
    'load-times',
    'load-rates',
    'latency-cdf',
    'ttft-cdf',
    'itl-histogram',
    'outcomes',
    'tokens',
    'leaves',
    'memory',
    'cpu',
    'storm-0-latency',
    'storm-0-leaves',
    'batch-sizes',
  ]);
});

test('the data of the page holds the curves, the gaps as shares, and the sweep by rising rate', () => {
  const sweep = [30, 10, 20].map((rate) => stepOf({ kind: 'sweep', offered_per_s: rate, name: `at ${rate}`, latency_ms: spreadOf(rate) }));
  const series = {
    ...noSeries,
    steps: [stepSeries('at 10', [recordOf(stream)])],
    server_samples: samples,
  };
  const { data } = scriptsOf(renderReport(runOf({ steps: [...sweep, stepOf()], capacity_per_s: 25 }), series));
  expect(data['steps']).toEqual([
    expect.objectContaining({
      name: 'at 10',
      isVoid: false,
      latencyMs: { x: [100], y: [1] },
      gaps: { edges: expect.arrayContaining([10, 11.22]), shares: expect.arrayContaining([0.5, 0]) },
    }),
  ]);
  expect(data['load']).toMatchObject({
    offeredPerS: [10, 20, 30],
    times: { 'latency p50': [10, 20, 30], 'latency p99': [30, 60, 90] },
    capacityPerS: 25,
  });
  expect(data['server']).toEqual({ atS: [1.5], rssMib: [310], cpuCores: [1.4] });
});

test('a report of 100,000 requests in ten steps stays below two megabytes', () => {
  let seed = 1;
  const random = () => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const steps = Array.from({ length: 10 }, (_, step) =>
    stepSeries(
      `step ${step}`,
      Array.from({ length: 10_000 }, (_, index) => {
        const intendedMs = step * 120_000 + index * 12;
        const firstTokenMs = intendedMs + 50 + 100 * random();
        const tokenMs = Array.from({ length: 8 }, (_, token) => firstTokenMs + token * (10 + random()));
        return recordOf({ index, intendedMs, firstTokenMs, tokenMs, endMs: firstTokenMs + 100 + 50 * random() });
      }),
    ),
  );
  const html = renderReport(runOf({ steps: steps.map(({ name }) => stepOf({ name })) }), { ...noSeries, steps });
  expect(html.length).toBeGreaterThan(100_000);
  expect(Buffer.byteLength(html)).toBeLessThan(2_000_000);
});

test('the licence of the library stands with it', () => {
  expect(scriptsOf(renderReport(runOf(), noSeries)).library).toMatch(/^\/\*! uPlot[\s\S]*MIT License[\s\S]*Leon Sorokin[\s\S]*\*\//);
});

test('the modules of the page are joined into one that reads as a module', () => {
  const { page } = scriptsOf(renderReport(runOf(), noSeries));
  expect(page).not.toMatch(/^(import|export) /m);
  const checked = spawnSync(process.execPath, ['--input-type=module', '--check'], { input: page, encoding: 'utf8' });
  expect([checked.status, checked.stderr]).toEqual([0, '']);
});

test('every module of the page is joined, each after those that it imports', () => {
  const folder = new URL('../../../../src/bench/report/page/', import.meta.url);
  expect(
    readdirSync(folder)
      .filter((name) => name.endsWith('.mjs'))
      .sort(),
  ).toEqual([...pageModules].sort());
  for (const [index, name] of pageModules.entries()) {
    const imported = [...readFileSync(new URL(name, folder), 'utf8').matchAll(/^import .* from '\.\/([^']+)';$/gm)].map(
      (match) => match[1] ?? '',
    );
    for (const other of imported) expect([name, pageModules.slice(0, index)]).toEqual([name, expect.arrayContaining([other])]);
  }
});
