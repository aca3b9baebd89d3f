import { beforeEach, expect, test } from 'vitest';
import type { ModelRequest } from '../../../src/contract/model.ts';
import { cancelError } from '../../../src/core/cancellation.ts';
import { inspectModel } from '../../../workers/host/inspect-model.ts';
import { Permits } from '../../../workers/host/permits.ts';
import { predictChain } from '../../../workers/host/predict-chain.ts';

let permits: Permits;
let cancelled: boolean;
let finished: number;

const request: ModelRequest = {
  signal: new AbortController().signal,
  get cancelled() {
    return cancelled;
  },
  throwIfCancelled() {
    if (cancelled) throw cancelError('disconnect');
  },
  headers: {},
  method: 'POST',
  path: '/predict',
  id: 'test',
  deadlineMs: 1000,
  priority: 0,
  apiKeyName: null,
};

beforeEach(() => {
  permits = new Permits(1);
  cancelled = false;
  finished = 0;
});

/** Lets all promise reactions that are due run. */
const turn = () => new Promise((resolve) => setImmediate(resolve));
const chain = (model: object, body: unknown = 'in') => predictChain(inspectModel(model), permits, body, request);

/** Whether the one permit can be had now. It is put back. */
async function isPermitFree(): Promise<boolean> {
  const asked = new AbortController();
  const taken = permits.take(asked.signal).then(
    (giveBack) => {
      giveBack();
      return true;
    },
    () => false,
  );
  await turn();
  asked.abort();
  return taken;
}

async function* numbers() {
  try {
    yield 1;
    yield 2;
  } finally {
    finished += 1;
  }
}

async function collect(result: unknown): Promise<unknown[]> {
  const items: unknown[] = [];
  for await (const item of result as AsyncIterable<unknown>) items.push(item); // the test's own model returned a stream
  return items;
}

test('each step gets what the one before returned, and the request', async () => {
  const steps: unknown[] = [];
  const step = (name: string) => (input: unknown, given: unknown) => {
    steps.push([name, input, given === request]);
    return Promise.resolve(`${name} of ${input}`);
  };
  const model = { preprocess: step('pre'), predict: step('predict'), postprocess: step('post') };
  expect(await chain(model)).toBe('post of predict of pre of in');
  expect(steps.map((taken) => (taken as unknown[])[2])).toEqual([true, true, true]);
});

test('only predict holds a permit', async () => {
  const free: Record<string, boolean> = {};
  const step = (name: string) => async () => {
    free[name] = await isPermitFree();
  };
  await chain({ preprocess: step('pre'), predict: step('predict'), postprocess: step('post') });
  expect(free).toEqual({ pre: true, predict: false, post: true });
});

test('a step that throws leaves the permit free', async () => {
  const fails = () => {
    throw new Error('no');
  };
  for (const model of [{ predict: fails }, { predict: () => 1, preprocess: fails }, { predict: () => 1, postprocess: fails }]) {
    await expect(chain(model)).rejects.toThrow('no');
    expect(await isPermitFree()).toBe(true);
  }
});

test('a stream keeps the permit until it ends', async () => {
  const stream = (await chain({ predict: numbers })) as AsyncGenerator<unknown>; // the model's stream
  expect(await stream.next()).toEqual({ done: false, value: 1 });
  expect(await isPermitFree()).toBe(false);
  expect(await collect(stream)).toEqual([2]);
  expect(await isPermitFree()).toBe(true);
});

test('a stream that is stopped gives the permit back and runs its finally', async () => {
  const stream = (await chain({ predict: numbers })) as AsyncGenerator<unknown>; // the model's stream
  await stream.next();
  await stream.return(undefined);
  expect(finished).toBe(1);
  expect(await isPermitFree()).toBe(true);
});

test('an async iterable of any kind is a stream', async () => {
  const stream = await chain({ predict: () => ({ [Symbol.asyncIterator]: numbers }) });
  expect(await isPermitFree()).toBe(false);
  expect(await collect(stream)).toEqual([1, 2]);
  expect(await isPermitFree()).toBe(true);
});

test('an array, a map and a string are data, not streams', async () => {
  for (const data of [[1, 2], new Map([[1, 2]]), 'text']) {
    expect(await chain({ predict: () => data })).toBe(data);
    expect(await isPermitFree()).toBe(true);
  }
});

test('postprocess may map a stream, and gather it', async () => {
  const mapping = {
    predict: numbers,
    async *postprocess(stream: AsyncIterable<number>) {
      for await (const item of stream) yield item * 10;
    },
  };
  expect(await collect(await chain(mapping))).toEqual([10, 20]);
  const gathering = { predict: numbers, postprocess: collect };
  expect(await chain(gathering)).toEqual([1, 2]);
  expect(finished).toBe(2);
  expect(await isPermitFree()).toBe(true);
});

test('a postprocess over a stream holds no permit once the stream has ended', async () => {
  const model = {
    predict: numbers,
    async postprocess(stream: AsyncIterable<unknown>) {
      await collect(stream);
      return isPermitFree();
    },
  };
  expect(await chain(model)).toBe(true);
});

test('a postprocess that drops the stream, or fails over it, frees the permit and the producer', async () => {
  const dropping = {
    predict: numbers,
    async postprocess(stream: AsyncIterator<unknown>) {
      await stream.next();
      return 'dropped';
    },
  };
  expect(await chain(dropping)).toBe('dropped');
  expect(finished).toBe(1);
  expect(await isPermitFree()).toBe(true);
  const failing = {
    predict: numbers,
    postprocess() {
      throw new Error('no');
    },
  };
  await expect(chain(failing)).rejects.toThrow('no');
  expect(await isPermitFree()).toBe(true);
});

test('a stream of postprocess that never reads its own frees the permit at its end', async () => {
  const model = {
    predict: numbers,
    async *postprocess() {
      yield 'other';
    },
  };
  expect(await collect(await chain(model))).toEqual(['other']);
  expect(await isPermitFree()).toBe(true);
});

test('a call cancelled before predict never reaches it', async () => {
  let reached = false;
  const model = {
    preprocess: () => {
      cancelled = true;
    },
    predict: () => {
      reached = true;
    },
  };
  await expect(chain(model)).rejects.toMatchObject({ code: 'client_closed_request' });
  expect(reached).toBe(false);
});

test('a call cancelled while it waits for its permit never reaches predict, though no message told it', async () => {
  const giveBack = await permits.take(request.signal);
  let reached = false;
  const waiting = chain({
    predict: () => {
      reached = true;
    },
  });
  await turn();
  cancelled = true;
  giveBack();
  await expect(waiting).rejects.toMatchObject({ code: 'client_closed_request' });
  expect(reached).toBe(false);
  cancelled = false;
  expect(await isPermitFree()).toBe(true);
});

test('a result is dropped when its call was cancelled while predict ran', async () => {
  const model = {
    predict: () => {
      cancelled = true;
    },
    postprocess: () => expect.fail('expected no postprocess of a cancelled call'),
  };
  await expect(chain(model)).rejects.toMatchObject({ code: 'client_closed_request' });
});

test('a model without predict is told', async () => {
  await expect(chain({ embeddings: () => 1 })).rejects.toMatchObject({ code: 'model_not_found' });
});

test('a stream that is stopped before its first item gives its permit back', async () => {
  const stream = (await chain({ predict: numbers })) as AsyncGenerator<unknown>; // the test's own model returned a generator
  expect(await isPermitFree()).toBe(false);
  await stream.return(undefined);
  expect(await isPermitFree()).toBe(true);
});
