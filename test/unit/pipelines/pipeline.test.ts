// Pipelines on the models that ship: their answers, their cancellation, their files.

import { fileURLToPath } from 'node:url';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TextStreamer } from '@huggingface/transformers';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { GenerationEvent } from '../../../src/contract/generation.ts';
import { cancelError } from '../../../src/core/cancellation.ts';
import { Pipeline } from '../../../workers/pipelines/pipeline.ts';
import { CancellableCall } from '../../support/cancellable-call.ts';
import { CountingGauge } from '../../support/counting-gauge.ts';

const modelsDir = fileURLToPath(new URL('../../../models', import.meta.url));
// One for all: the library keeps the first gauge of its thread.
const native = new CountingGauge();
const context = (name: string) => ({ dataDir: join(modelsDir, name, 'data'), threads: 1, native });
const question = [{ role: 'user', content: 'What is the capital of France?' }];
const story = [{ role: 'user', content: 'Tell me a long story about the sea.' }];

let features: Pipeline<'feature-extraction'>;
let generator: Pipeline<'text-generation'>;

beforeAll(async () => {
  features = await Pipeline.open(context('minilm'), 'feature-extraction');
  generator = await Pipeline.open(context('smollm2'), 'text-generation', { graph: 'decoder.onnx' });
});

beforeEach(() => {
  expect(native.depth).toBe(0);
  native.entered = 0;
  native.onEnter = () => undefined;
});

afterAll(async () => {
  await features?.close();
  await generator?.close();
});

/** Cancels the call while the run of that number, counted from 1, is in flight. */
function cancelIn(run: number, call: CancellableCall): void {
  native.onEnter = (entered) => {
    if (entered === run) call.cancel();
  };
}

test('a pipeline takes its own arguments and gives its own result', async () => {
  const { dims } = await features.run(new CancellableCall(), ['one', 'another text'], { pooling: 'mean', normalize: true });
  expect(dims).toEqual([2, 384]);
  expect(native).toMatchObject({ depth: 0, entered: 1 });
});

test('a call cancelled before it starts runs nothing', async () => {
  const call = new CancellableCall();
  call.cancel();
  await expect(features.run(call, 'text')).rejects.toMatchObject({ code: 'client_closed_request' });
  expect(native.entered).toBe(0);
});

test('a call cancelled on the way to a run of a graph ends before it', async () => {
  const call = new CancellableCall();
  let asked = 0;
  call.throwIfCancelled = () => {
    asked += 1;
    if (asked > 1) throw cancelError('disconnect');
  };
  await expect(features.run(call, 'text')).rejects.toMatchObject({ code: 'client_closed_request' });
  expect(native.entered).toBe(0);
});

test('a call cancelled during its only run ends with the error of the cancellation', async () => {
  const call = new CancellableCall();
  cancelIn(1, call);
  await expect(features.run(call, 'text')).rejects.toMatchObject({ code: 'client_closed_request' });
});

test('no run starts on a thread that is being ended', async () => {
  native.onEnter = () => {
    throw new Error('the thread is being ended');
  };
  await expect(features.run(new CancellableCall(), 'text')).rejects.toThrow('the thread is being ended');
});

test('text generation answers', async () => {
  const answer = await generator.run(new CancellableCall(), question, { max_new_tokens: 16, do_sample: false });
  expect(answer).toEqual([{ generated_text: [...question, { role: 'assistant', content: 'The capital of France is Paris.' }] }]);
});

test('a cancelled generation is stopped by its criterion after the token of that moment', async () => {
  const call = new CancellableCall();
  cancelIn(4, call);
  let ended = false;
  // A generation that an error breaks off never ends its streamer.
  const end = () => {
    ended = true;
  };
  const streamer = { put: () => undefined, end } as unknown as TextStreamer; // no other member is used
  await expect(generator.run(call, story, { max_new_tokens: 200, streamer })).rejects.toMatchObject({ code: 'client_closed_request' });
  expect(ended).toBe(true);
  expect(native).toMatchObject({ depth: 0, entered: 4 });
});

async function collect(events: AsyncIterable<GenerationEvent>): Promise<readonly GenerationEvent[]> {
  const all: GenerationEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

const textOf = (events: readonly GenerationEvent[]) => events.map((event) => (event.type === 'text' ? event.text : '')).join('');

test('a stream counts the prompt, yields the text in pieces and says how it ended', async () => {
  const events = await collect(generator.stream(new CancellableCall(), question, { max_new_tokens: 16, do_sample: false }));
  expect(textOf(events)).toBe('The capital of France is Paris.');
  expect(events.filter((event) => event.type === 'text').length).toBeGreaterThan(1);
  expect(events.filter((event) => event.type !== 'text')).toEqual([
    { type: 'usage', promptTokens: 37, completionTokens: 0 },
    { type: 'finish', reason: 'stop' },
    { type: 'usage', promptTokens: 37, completionTokens: 7 },
  ]);
});

test('a stream cut by its limit says so', async () => {
  const events = await collect(generator.stream(new CancellableCall(), question, { max_new_tokens: 3, do_sample: false }));
  expect(events.slice(-2)).toEqual([
    { type: 'finish', reason: 'length' },
    { type: 'usage', promptTokens: 37, completionTokens: 3 },
  ]);
});

test('a cancelled stream ends with the error of the cancellation', async () => {
  const call = new CancellableCall();
  cancelIn(5, call);
  await expect(collect(generator.stream(call, story, { max_new_tokens: 200 }))).rejects.toMatchObject({ code: 'client_closed_request' });
  expect(native.entered).toBe(5);
});

test('a reader that leaves stops the generation', async () => {
  for await (const event of generator.stream(new CancellableCall(), story, { max_new_tokens: 200 })) if (event.type === 'text') break;
  const { entered } = native;
  expect(entered).toBeLessThan(20);
  await new Promise((resolve) => setImmediate(resolve));
  expect(native).toMatchObject({ depth: 0, entered });
});

test('criteria of the caller stay in force', async () => {
  const { StoppingCriteria } = await import('@huggingface/transformers');
  class AfterFive extends StoppingCriteria {
    override _call(sequences: number[][]): boolean[] {
      return sequences.map(() => native.entered >= 5);
    }
  }
  for (const stopping_criteria of [new AfterFive(), [new AfterFive()]]) {
    native.entered = 0;
    await generator.run(new CancellableCall(), story, { max_new_tokens: 200, stopping_criteria });
    expect(native.entered).toBe(5);
  }
});

test('tokens are counted as the pipeline counts them', () => {
  expect(features.countTokens('hello world')).toBe(4);
  expect(features.countTokens('word '.repeat(1_000))).toBe(512);
});

test('a missing file is named', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'heddle-pipeline-'));
  try {
    await expect(Pipeline.open({ ...context('minilm'), dataDir: empty }, 'feature-extraction')).rejects.toThrow(join(empty, 'config.json'));
    const quantized = Pipeline.open(context('minilm'), 'feature-extraction', { dtype: 'q8' });
    await expect(quantized).rejects.toThrow(join(modelsDir, 'minilm/data/model_quantized.onnx'));
  } finally {
    await rm(empty, { recursive: true });
  }
});

test('a closed pipeline refuses calls, and closing it again does nothing', async () => {
  const pipeline = await Pipeline.open(context('minilm'), 'feature-extraction');
  const last = pipeline.run(new CancellableCall(), 'text');
  await Promise.all([pipeline.close(), pipeline.close()]);
  expect((await last).dims).toEqual([1, 3, 384]);
  await expect(pipeline.run(new CancellableCall(), 'text')).rejects.toThrow('the pipeline is closed');
});
