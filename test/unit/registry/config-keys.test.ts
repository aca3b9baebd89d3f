import { Default } from 'typebox/value';
import { expect, test } from 'vitest';
import { configSchema } from '../../../src/contract/config.ts';
import { configProblems } from '../../../src/contract/config-problems.ts';

const weight = { path: 'data/model.onnx', sha256: '0'.repeat(64), bytes: 1, source: 'hf://org/name' };

const whole = {
  model_name: 'minilm',
  description: 'Sentence embeddings',
  model_class: 'model.ts',
  aliases: ['text-embedding-3-small'],
  required: true,
  environment_variables: { MODE: 'fast' },
  secrets: { hf_access_token: null, other: '/run/secrets/other' },
  resources: { device: 'auto', threads: 'auto', memory_mib: 512 },
  runtime: {
    replicas: 'auto',
    predict_concurrency: 1,
    concurrency: { embeddings: 64 },
    max_queue: 256,
    timeout_ms: 60_000,
    cancel_grace_ms: 250,
    kill_grace_ms: 2_000,
    max_queue_bytes: 67_108_864,
    load_retries: 1,
    load_timeout_ms: 1,
    terminable: true,
  },
  weights: [weight],
  model_metadata: { example_model_input: { input: 'hello' } },
};

test('a configuration with every key is accepted as it is', () => {
  expect(configProblems(configSchema, whole)).toEqual([]);
  expect(Default(configSchema, structuredClone(whole))).toEqual(whole);
});

// Each key with a value that it does not take.
const wrong: readonly (readonly [string, unknown])[] = [
  ['model_name', 'a b'],
  ['description', 1],
  ['model_class', ''],
  ['aliases', 'one'],
  ['aliases[0]', 'a b'],
  ['required', 'yes'],
  ['environment_variables.MODE', 1],
  ['secrets.other', 1],
  ['resources.device', 'gpu'],
  ['resources.threads', 0],
  ['resources.memory_mib', 0.5],
  ['runtime.replicas', 0],
  ['runtime.predict_concurrency', 'auto'],
  ['runtime.concurrency.embeddings', 0],
  ['runtime.max_queue', -1],
  ['runtime.timeout_ms', 0],
  ['runtime.cancel_grace_ms', -1],
  ['runtime.kill_grace_ms', 'long'],
  ['runtime.max_queue_bytes', 1.5],
  ['runtime.load_retries', 101],
  ['runtime.load_timeout_ms', 0],
  ['runtime.terminable', 'no'],
  ['weights[0].path', ''],
  ['weights[0].sha256', 'abc'],
  ['weights[0].bytes', -1],
  ['weights[0].source', 1],
  ['model_metadata', 'none'],
];

test.each(wrong)('a wrong %s is told by its path alone', (path, value) => {
  const problems = configProblems(configSchema, withValue(path, value));
  expect(problems).toHaveLength(1);
  expect(problems[0]?.startsWith(`${path}: `)).toBe(true);
});

test('all wrong keys are told at once', () => {
  const all = wrong
    .filter(([path]) => path !== 'aliases')
    .reduce<unknown>((config, [path, value]) => withValue(path, value, config), whole);
  expect(configProblems(configSchema, all)).toHaveLength(wrong.length - 1);
});

test('a time that no timer can wait for is refused', () => {
  for (const key of ['timeout_ms', 'load_timeout_ms', 'cancel_grace_ms', 'kill_grace_ms']) {
    expect(configProblems(configSchema, withValue(`runtime.${key}`, 2_147_483_647))).toEqual([]);
    expect(configProblems(configSchema, withValue(`runtime.${key}`, 2_147_483_648))).toEqual([expect.stringContaining(key)]);
  }
});

/** The configuration with one value replaced. */
function withValue(path: string, value: unknown, config: unknown = whole): unknown {
  const parts = path.split(/[.[\]]+/).filter((part) => part !== '');
  const copy: unknown = structuredClone(config);
  const holder = parts.slice(0, -1).reduce<unknown>((at, part) => Reflect.get(Object(at), part), copy);
  Reflect.set(Object(holder), parts.at(-1) ?? '', value);
  return copy;
}
