// A scenario file is checked whole: what is wrong with it is told at once, with the key and in words that help.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { readScenario } from '../../../../src/bench/requests/read-scenario.ts';
import { InferenceError } from '../../../../src/core/errors.ts';

const dirs: string[] = [];
afterEach(async () => {
  for (const dir of dirs.splice(0)) await rm(dir, { recursive: true });
});

async function inFile(yaml: string, files: Readonly<Record<string, string>> = {}): ReturnType<typeof readScenario> {
  const dir = await mkdtemp(join(tmpdir(), 'scenario-'));
  dirs.push(dir);
  for (const [name, text] of Object.entries({ ...files, 'scenario.yaml': yaml })) await writeFile(join(dir, name), text);
  return readScenario(join(dir, 'scenario.yaml'));
}

/** Its problems, one a line, without the name of the file. */
async function problems(yaml: string): Promise<string[]> {
  const error: unknown = await inFile(yaml).catch((thrown: unknown) => thrown);
  if (!(error instanceof InferenceError)) throw new Error('expected problems, found none');
  expect(error.code).toBe('invalid_config');
  return error.message
    .split('\n')
    .slice(1)
    .map((line) => line.trim());
}

const steps = 'steps: [{ closed: { clients: 1 } }]';

test('the defaults of every part are filled in', async () => {
  const scenario = await inFile(`workloads: [{ route: chat }, { route: chat }, { route: embeddings, name: short }]\n${steps}`);
  expect(scenario).toMatchObject({ seed: 1, threads: 'auto', service_level: { ttft_ms: 500, share: 0.99 } });
  expect(scenario.workloads.map(({ name, weight, stream }) => [name, weight, stream])).toEqual([
    ['chat', 1, true],
    ['chat-2', 1, true],
    ['short', 1, true],
  ]);
});

test('a step without an end ends after 30 s or 1,000 requests, and a trace with its last line', async () => {
  const yaml = `
workloads: [{ route: predict }]
steps:
  - open: { rate_per_s: 5 }
  - closed: { clients: 2 }
    duration_s: 3
  - capacity: {}
    requests: 10
  - open: { arrivals: trace, trace: starts.txt }
  - overload: {}
`;
  const { steps: read } = await inFile(yaml, { 'starts.txt': '0\n' });
  expect(read.map((step) => ('overload' in step || 'storm' in step ? 'its own' : [step.duration_s, step.requests]))).toEqual([
    [30, 1_000],
    [3, undefined],
    [undefined, 10],
    [undefined, undefined],
    'its own',
  ]);
});

test('unknown keys, missing ones and values that do not fit are told together', async () => {
  expect(
    await problems(`
target: localhost
sede: 1
workloads:
  - route: embedings
    max_tokens: { uniform: { min: 1 } }
  - source: { random: { prefixs: 2 } }
    route: chat
steps:
  - open: { rate_per_s: 0 }
  - clsed: { clients: 1 }
`),
  ).toEqual([
    'sede: unknown key; did you mean "seed"?',
    'target: must match pattern "^https?://", got a string',
    'workloads[0].route: expected chat or completions or responses or messages or embeddings or predict, got a string; did you mean "embeddings"?',
    'workloads[0].max_tokens.uniform.max: missing',
    'workloads[1].source.random.prefixs: unknown key; did you mean "prefixes"?',
    'steps[0].open.rate_per_s: must be > 0, got 0',
    'steps[1].closed: missing',
    'steps[1].clsed: unknown key; did you mean "closed"?',
  ]);
});

test('lengths the wrong way round are told', async () => {
  const yaml = `
workloads:
  - { route: chat, max_tokens: { uniform: { min: 9, max: 3 } }, source: { random: { words: { lognormal: { median: 50, sigma: 1, max: 9 } } } } }
steps: [{ capacity: { from_per_s: 5, most_per_s: 2 } }]`;
  expect(await problems(yaml)).toEqual([
    'workloads[0].source.random.words.lognormal: expected median <= max, got 50 and 9',
    'workloads[0].max_tokens.uniform: expected min <= max, got 9 and 3',
    'steps[0].capacity: expected from_per_s <= most_per_s, got 5 and 2',
  ]);
});

test('fields that a route does not have are told', async () => {
  const yaml = `
workloads:
  - { route: embeddings, name: a, stream: false, max_tokens: 3, expect: { text: x } }
  - { route: chat, texts_per_request: 2, expect: { dimensions: 3, cosine: 0.5 } }
  - { route: responses, exact_tokens: true, max_tokens: 3 }
  - { route: messages, name: a, temperature: 1.5 }
  - { route: completions, exact_tokens: true, body: { prompt: x, stream: false, top_p: 1 } }
  - { route: predict, source: { texts: [x] }, body: { fixed: 1 } }
  - { route: embeddings, body: { encoding_format: int8 }, expect: { cosine: 0.5 } }
  - { route: embeddings, source: { file: scenario.yaml, format: lines, field: text } }
${steps}`;
  expect(await problems(yaml)).toEqual([
    'workloads[0].max_tokens: expected only with a route that generates, got it with embeddings',
    'workloads[0].stream: expected only with a route that generates, got it with embeddings',
    'workloads[0].expect.text: expected only with another route than embeddings, got it with embeddings',
    'workloads[1].texts_per_request: expected only with embeddings, got it with chat',
    'workloads[1].expect.dimensions: expected only with embeddings, got it with chat',
    'workloads[1].expect.cosine: expected only with embeddings, got it with chat',
    'workloads[1].expect.cosine: expected only with reference',
    'workloads[2].exact_tokens: expected only with chat or completions, got it with responses',
    'workloads[3].max_tokens: missing; the route messages needs it',
    'workloads[3].temperature: must be <= 1 with messages',
    'workloads[4].body.prompt: expected it as a key of the workload, not of the body',
    'workloads[4].body.stream: expected it as a key of the workload, not of the body',
    'workloads[4].max_tokens: missing; exact_tokens needs it',
    'workloads[5].source: expected "$text" in the body, which is where a text goes',
    'workloads[6].body.encoding_format: expected float or base64',
    'workloads[6].expect.cosine: expected only with reference',
    'workloads[7].source.field: expected only with the format jsonl',
    'workloads[3].name: expected different names, got that of workloads[0] again',
  ]);
});

test('arrivals without what they need, and leaves that nothing can show, are told', async () => {
  const yaml = `
workloads: [{ route: embeddings }]
steps:
  - open: {}
  - open: { arrivals: trace }
  - open: { arrivals: trace, trace: scenario.yaml, rate_per_s: 1 }
  - open: { trace: scenario.yaml, rate_per_s: 1 }
  - closed: { clients: 1 }
    leave: { share: 0.5, phase: mid_stream }
  - storm: { share: 0.5, phase: before_first_token }
  - storm: { share: 0.5, phase: queued }`;
  expect(await problems(yaml)).toEqual([
    'steps[0].open.rate_per_s: missing; only a trace has its own',
    'steps[1].open.trace: missing; arrivals of a trace need its file',
    'steps[2].open.rate_per_s: expected only without a trace, which has its own',
    'steps[3].open.trace: expected only with the arrivals trace',
    'steps[4].leave.phase: expected a workload that streams for mid_stream',
    'steps[5].storm.phase: expected a workload that streams for before_first_token',
  ]);
});

test('files that cannot be read are told by their key', async () => {
  const yaml = `
workloads: [{ route: embeddings, source: { file: none.jsonl }, expect: { reference: . } }]
steps: [{ open: { arrivals: trace, trace: no.txt } }]`;
  expect(await problems(yaml)).toEqual([
    expect.stringMatching(/^workloads\[0\]\.source\.file: expected a readable file, found none at .*none\.jsonl$/),
    expect.stringMatching(/^workloads\[0\]\.expect\.reference: expected a readable file, found none at /),
    expect.stringMatching(/^steps\[0\]\.open\.trace: expected a readable file, found none at .*no\.txt$/),
  ]);
});

test('broken YAML and a missing file are problems of the file', async () => {
  expect(await problems('workloads: [')).toHaveLength(1);
  await expect(readScenario(join(tmpdir(), 'no-such-scenario.yaml'))).rejects.toThrow('expected a readable file');
  expect(await problems('')).toEqual(['workloads: missing', 'steps: missing']);
});
