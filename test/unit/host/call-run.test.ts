import { beforeEach, expect, test } from 'vitest';
import type { ModelRequest } from '../../../src/contract/model.ts';
import type { MethodName } from '../../../src/contract/methods.ts';
import { ReplicaMemory } from '../../../src/contract/replica-memory.ts';
import { type CallMessage, type FromHost, streamWindowBytes } from '../../../src/contract/thread.ts';
import { HttpError, InferenceError } from '../../../src/core/errors.ts';
import { CallRun } from '../../../workers/host/call-run.ts';
import { inspectModel } from '../../../workers/host/inspect-model.ts';
import { Permits } from '../../../workers/host/permits.ts';
import { facts } from './fixtures.ts';

const slot = 1;
let memory: ReplicaMemory;
let sent: FromHost[];

beforeEach(() => {
  memory = new ReplicaMemory({ slots: 2 });
  sent = [];
});

interface Ask {
  readonly method?: MethodName;
  readonly body?: CallMessage['body'];
  readonly gather?: boolean;
  readonly checkResults?: boolean;
}

const warn = (message: string): void => {
  throw new Error(`unasked warning: ${message}`);
};

/** A call of the model, not yet carried out. What it sends is moved, as the port would. */
function callOf(model: object, { method = 'predict', body = json({}), gather = false, checkResults = false }: Ask = {}): CallRun {
  const message: CallMessage = { callId: 7, slot, method, body, request: { ...facts, gather } };
  const send = (event: FromHost, transfer: readonly ArrayBuffer[]): void => {
    sent.push(structuredClone(event, { transfer: [...transfer] }));
  };
  return new CallRun(message, { inspected: inspectModel(model), memory, permits: new Permits(1), checkResults, warn, send });
}

function json(value: unknown): CallMessage['body'] {
  return { kind: 'json', bytes: Buffer.from(JSON.stringify(value)) };
}

/** What the shared flag and the message of the port do together. */
function cancel(call: CallRun): void {
  memory.cancel(slot, 'disconnect');
  call.cancel('disconnect');
}

/** Lets all promise reactions that are due run. */
const turn = () => new Promise((resolve) => setImmediate(resolve));
const types = () => sent.map((event) => event.type);
const text = () => sent.map((event) => ('bytes' in event ? Buffer.from(event.bytes).toString() : '')).join('');

test('a value is sent whole, for the call it answers', async () => {
  await callOf({ predict: (body: unknown) => ({ got: body }) }, { body: json([1, 2]) }).carryOut();
  expect(types()).toEqual(['whole']);
  expect(sent[0]).toMatchObject({ callId: 7, head: { status: 200, shape: 'whole' } });
  expect(text()).toBe('{"got":[1,2]}');
});

test('in development alone, a finished reply is held to the schema of its route', async () => {
  const model = { completions: () => ({ choices: 'secret' }) };
  const ask = { method: 'completions', body: json({ prompt: 'a' }) } as const;
  await callOf(model, { ...ask, checkResults: true }).carryOut();
  expect(sent).toMatchObject([{ type: 'fail', error: { code: 'invalid_result', message: expect.stringContaining('completions') } }]);
  expect(JSON.stringify(sent)).not.toContain('secret');
  sent = [];
  await callOf(model, ask).carryOut();
  expect(types()).toEqual(['whole']);
});

test('bytes reach the model as they are, and no body as undefined', async () => {
  const model = { predict: (body: unknown) => [body instanceof Uint8Array ? [...body] : typeof body] };
  await callOf(model, { body: { kind: 'bytes', bytes: Uint8Array.of(1, 2) } }).carryOut();
  const message: CallMessage = { callId: 7, slot, method: 'predict', body: undefined, request: facts };
  const send = (event: FromHost): void => void sent.push(event);
  await new CallRun(message, {
    inspected: inspectModel(model),
    memory,
    permits: new Permits(1),
    checkResults: false,
    warn,
    send,
  }).carryOut();
  expect(text()).toBe('[[1,2]]["undefined"]');
});

test('the request tells the model what is known of the call', async () => {
  let request: ModelRequest | undefined;
  const model = {
    predict(_body: unknown, given: ModelRequest) {
      request = given;
    },
  };
  await callOf(model).carryOut();
  expect(request).toMatchObject({ id: 'req_1', method: 'POST', path: '/predict', priority: 3, apiKeyName: 'team', cancelled: false });
});

test('bytes that the model keeps are not taken from it', async () => {
  const kept = Uint8Array.of(1, 2, 3);
  async function* stream() {
    yield kept;
  }
  await callOf({ predict: () => kept }).carryOut();
  await callOf({ predict: stream }).carryOut();
  expect([...kept]).toEqual([1, 2, 3]);
  expect(types()).toEqual(['whole', 'head', 'chunk', 'end']);
});

test('a stream is sent as head, chunks and end', async () => {
  async function* stream() {
    yield { a: 1 };
    yield { a: 2 };
  }
  await callOf({ predict: stream }).carryOut();
  expect(types()).toEqual(['head', 'chunk', 'chunk', 'end']);
  expect(sent[0]).toMatchObject({ head: { shape: 'sse' } });
  expect(text()).toBe('data: {"a":1}\n\ndata: {"a":2}\n\n');
});

test('a gathered stream is one value', async () => {
  async function* stream() {
    yield 'a';
    yield 'b';
  }
  await callOf({ predict: stream }, { gather: true }).carryOut();
  expect(types()).toEqual(['whole']);
  expect(text()).toBe('"ab"');
});

/** Yields blocks of a quarter of the window, and counts what was asked of it. */
function blocks() {
  const seen = { yielded: 0, finished: 0 };
  async function* predict() {
    try {
      for (;;) {
        seen.yielded += 1;
        yield new Uint8Array(streamWindowBytes / 4);
      }
    } finally {
      seen.finished += 1;
    }
  }
  return { predict, seen };
}

test('a stream pauses its model at the window, goes on by credit, and a cancel wakes it', async () => {
  const model = blocks();
  const call = callOf(model);
  const done = call.carryOut();
  await turn();
  expect(model.seen).toEqual({ yielded: 4, finished: 0 });
  call.credit(streamWindowBytes / 4 + 1);
  await turn();
  expect(model.seen).toEqual({ yielded: 6, finished: 0 });
  await turn();
  expect(model.seen.yielded).toBe(6);
  cancel(call);
  await done;
  expect(model.seen).toEqual({ yielded: 6, finished: 1 });
  expect(sent.at(-1)).toMatchObject({ type: 'fail', error: { code: 'client_closed_request', status: 499 } });
});

test('a stream that ends within the window needs no credit', async () => {
  async function* stream() {
    yield new Uint8Array(streamWindowBytes - 1);
  }
  await callOf({ predict: stream }).carryOut();
  expect(types()).toEqual(['head', 'chunk', 'end']);
});

test('a cancel aborts the signal with the error of its reason, once', async () => {
  let request: ModelRequest | undefined;
  const model = {
    predict: (_body: unknown, given: ModelRequest) => {
      request = given;
      return new Promise((_, reject) => given.signal.addEventListener('abort', () => reject(given.signal.reason)));
    },
  };
  const call = callOf(model);
  const done = call.carryOut();
  await turn();
  memory.cancel(slot, 'deadline');
  call.cancel('deadline');
  call.cancel('disconnect');
  await done;
  expect(request?.cancelled).toBe(true);
  expect(request?.signal.reason).toMatchObject({ code: 'timeout' });
  expect(sent).toMatchObject([{ type: 'fail', error: { code: 'timeout', status: 504 } }]);
});

test('a call cancelled before it starts never reaches the model', async () => {
  memory.cancel(slot, 'drain');
  await callOf({ predict: () => expect.fail('expected no call') }).carryOut();
  expect(sent).toMatchObject([{ type: 'fail', error: { code: 'shutting_down' } }]);
});

test('whatever a cancelled call throws, it ends with its cancellation', async () => {
  const model = {
    predict: () => {
      memory.cancel(slot, 'disconnect');
      throw new Error('torn');
    },
  };
  await callOf(model).carryOut();
  expect(sent).toMatchObject([{ type: 'fail', error: { code: 'client_closed_request' } }]);
});

test('an HttpError keeps status, code, field and message, also before the first item of a stream', async () => {
  const refuse = () => {
    throw new HttpError(422, 'expected a face', { code: 'no_face', param: 'image' });
  };
  // biome-ignore lint/correctness/useYield: it throws before it would
  async function* stream() {
    refuse();
  }
  for (const predict of [refuse, stream]) await callOf({ predict }).carryOut();
  const fail = { type: 'fail', framed: false, error: { status: 422, code: 'no_face', param: 'image', message: 'expected a face' } };
  expect(sent).toEqual([expect.objectContaining(fail), expect.objectContaining(fail)]);
});

test('anything else thrown is a 500 whose text stays in the log', async () => {
  for (const thrown of [new Error('secret one'), 'secret two', { secret: 3 }, undefined]) {
    const predict = () => {
      throw thrown;
    };
    await callOf({ predict }).carryOut();
  }
  expect(sent.length).toBe(4);
  for (const event of sent) {
    expect(event).toMatchObject({ type: 'fail', error: { code: 'internal_error', status: 500, message: 'the model failed to answer' } });
  }
});

test('an error in the middle of a stream follows what was sent, and the finally of the model runs', async () => {
  let finished = 0;
  async function* stream() {
    try {
      yield { a: 1 };
      throw new InferenceError('invalid_value', 'too far');
    } finally {
      finished += 1;
    }
  }
  await callOf({ predict: stream }).carryOut();
  expect(types()).toEqual(['head', 'chunk', 'fail']);
  expect(finished).toBe(1);
});

const cyclic: Record<string, unknown> = {};
cyclic['self'] = cyclic;
const unsendable: Readonly<Record<string, unknown>> = {
  nothing: undefined,
  'a function': () => 1,
  'a symbol': Symbol('x'),
  'a cycle': cyclic,
  'a big integer': { big: 1n },
  'a getter that throws': Object.defineProperty({}, 'x', {
    enumerable: true,
    get: () => {
      throw new Error('secret');
    },
  }),
};
for (const [what, result] of Object.entries(unsendable)) {
  test(`${what} as a result is a 500 that names the method`, async () => {
    await callOf({ predict: () => result }).carryOut();
    expect(sent).toMatchObject([{ type: 'fail', error: { code: 'invalid_result', status: 500 } }]);
    expect(sent[0]).toHaveProperty('error.message', expect.stringContaining('expected predict to return'));
    expect(sent[0]).toHaveProperty('error.message', expect.not.stringContaining('secret'));
  });
}

test('a body that its route does not take is refused here too', async () => {
  await callOf({ embeddings: () => expect.fail('expected no call') }, { method: 'embeddings', body: json({ input: 3 }) }).carryOut();
  expect(sent).toMatchObject([{ type: 'fail', error: { status: 400 } }]);
});

test('a method that the class lacks is told', async () => {
  await callOf({ predict: () => 1 }, { method: 'embeddings', body: json({ input: 'a' }) }).carryOut();
  expect(sent).toMatchObject([{ type: 'fail', error: { code: 'model_not_found' } }]);
});
