import { expect, test } from 'vitest';
import { readBenchOptions } from '../../../src/cli/bench-options.ts';
import { OptionProblems } from '../../../src/cli/options.ts';

const url = 'http://127.0.0.1:8080';
const read = (...args: string[]) => readBenchOptions(args, {});

test('flags become a scenario of one workload and one step', () => {
  const { scenario, target } = read(
    url,
    '--route',
    'embeddings',
    '--model',
    'minilm',
    '--rate',
    '20',
    '--texts-per-request',
    '8',
    '--requests',
    '50',
  );
  expect(target).toBe(url);
  expect(scenario).toEqual({
    workloads: [{ route: 'embeddings', model: 'minilm', texts_per_request: 8 }],
    steps: [{ open: { rate_per_s: 20 }, requests: 50 }],
  });
});

test('a URL alone asks for one client, the capacity, and a rate below it', () => {
  const steps = [{ closed: { clients: 1 } }, { capacity: {} }, { sweep: { times: [0.7] } }];
  expect(read(url).scenario).toEqual({ workloads: [{ route: 'chat', max_tokens: 64 }], steps });
});

test('only routes that generate get a limit of tokens, which a flag replaces', () => {
  const workload = (...flags: string[]) => read(url, '--rate', '1', ...flags).scenario;
  expect(workload('--route', 'embeddings')).toMatchObject({ workloads: [{ route: 'embeddings' }] });
  expect(JSON.stringify(workload('--route', 'embeddings'))).not.toContain('max_tokens');
  expect(JSON.stringify(workload('--route', 'predict'))).not.toContain('max_tokens');
  expect(workload('--route', 'messages')).toMatchObject({ workloads: [{ max_tokens: 64 }] });
  expect(workload('--max-tokens', '8')).toMatchObject({ workloads: [{ max_tokens: 8 }] });
});

test('clients that leave are given as share and phase', () => {
  expect(read(url, '--clients', '4', '--leave', '0.5:mid_stream', '--no-stream').scenario).toEqual({
    workloads: [{ route: 'chat', max_tokens: 64, stream: false }],
    steps: [{ closed: { clients: 4 }, leave: { share: 0.5, phase: 'mid_stream' } }],
  });
});

test('limits collect over several flags, and a file of prompts takes the place of random words', () => {
  const options = read(url, '--fail-if', 'a > 1', '--fail-if', 'b < 2', '--input', 'prompts.txt', '--format', 'lines', '--seed', '3');
  expect(options.failIf).toEqual(['a > 1', 'b < 2']);
  expect(options.scenario).toMatchObject({ seed: 3, workloads: [{ source: { file: 'prompts.txt', format: 'lines' } }] });
});

test('the key comes from its flag, else from its variable', () => {
  const env = { HEDDLE_BENCH_API_KEY: 'one' };
  expect(readBenchOptions([url], env).apiKey).toBe('one');
  expect(readBenchOptions([url, '--api-key', 'two'], env).apiKey).toBe('two');
  expect(readBenchOptions([url], { HEDDLE_BENCH_API_KEY: '' }).apiKey).toBeUndefined();
});

test('two files to compare need no URL', () => {
  expect(read('--compare', 'a.json', 'b.json')).toMatchObject({ compare: ['a.json', 'b.json'], self: false });
});

test.each([
  [[], 'expected the URL of a server, --scenario or --self'],
  [['127.0.0.1:8080'], "expected a URL such as http://127.0.0.1:8080, got '127.0.0.1:8080'"],
  [[url, 'more'], "unexpected argument 'more'"],
  [[url, '--rat', '3'], 'unknown option --rat; did you mean --rate?'],
  [[url, '--rate', 'fast'], "--rate: expected a number, got 'fast'"],
  [[url, '--rate'], '--rate: expected a number'],
  [[url, '--rate', '3', '--clients', '2'], '--clients: expected no --rate, --arrivals or --trace beside it'],
  [[url, '--leave', 'half', '--clients', '2'], "--leave: expected share:phase, as 0.5:mid_stream, got 'half'"],
  [[url, '--leave', '0.5:queued'], '--leave: expected --rate or --clients beside it'],
  [[url, '--scenario', 'a.yaml', '--model', 'm'], '--scenario: expected no --model beside it'],
  [[url, '--self'], '--self: expected no URL, since it starts a server of its own'],
  [[url, '--words', '3', '--input', 'f'], '--words: expected no --input beside it'],
  [[url, '--format', 'lines'], '--format: expected --input beside it'],
  [[url, '--stream', '--json=maybe'], "--json: expected true or false, got 'maybe'"],
  [['--compare', 'a.json'], '--compare: expected two summary files, got 1'],
])('%j is refused', (args, problem) => {
  let problems: readonly string[] = [];
  try {
    read(...args);
  } catch (error) {
    if (!(error instanceof OptionProblems)) throw error;
    problems = error.problems;
  }
  expect(problems).toContain(problem);
});
