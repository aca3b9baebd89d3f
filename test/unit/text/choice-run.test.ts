// The decode loop under a constraint, with a decoder and a tokenizer by hand: what is asked when, and where the text ends.

import { expect, test } from 'vitest';
import type { GenerationEvent } from '../../../src/contract/generation.ts';
import { ChoiceRun, type ChoiceSetting } from '../../../workers/text/choice-run.ts';
import type { Constraint } from '../../../workers/grammar/constraint.ts';
import { KvSlab } from '../../../workers/text/kv-slab.ts';
import { CancellableCall } from '../../support/cancellable-call.ts';
import { FakeConstraint } from './fake-constraint.ts';
import { free } from './generation.ts';

const end = 0;
const pieces = ['', 'Well. ', '<tool_call>', '\n{"name": "f", ', '"arguments": {}', '}\n', '</tool_call>', 'more'];
const call = [2, 3, 4, 5, 6];
const tokenizer: ChoiceSetting['tokenizer'] = {
  decode: (ids) => ids.map((id) => pieces[id]).join(''),
  piece: (id) => ({ text: pieces[id] ?? '', bytes: [] }),
};

/** Logits of a model that wants one token most, and `more` next. */
function wanting(token: number): Float32Array {
  return Float32Array.from(pieces, (_, id) => (id === token ? 9 : id === 7 ? 5 : 0));
}

interface Asked {
  readonly constraint?: Constraint;
  readonly limit?: number;
  readonly request?: ChoiceSetting['request'];
  readonly log?: string[];
}

/** Runs a model that wants to write these tokens, and then to end. */
async function run(script: readonly number[], { constraint, limit = 20, request = {}, log = [] }: Asked, as = free) {
  let at = 0;
  const decoder = {
    append: async (_: KvSlab, ids: readonly number[]) => {
      log.push(`append ${ids.join()}`);
      at += 1;
      return wanting(script[at] ?? end);
    },
  };
  const setting: ChoiceSetting = {
    decoder,
    tokenizer,
    endIds: new Set([end]),
    request: { temperature: 0, ...request },
    prompt: [],
    echo: { text: '', logprobs: undefined },
    callPlace: 'anywhere',
    limit,
    rated: false,
  };
  const choice = new ChoiceRun(setting, { seed: 1, ...(constraint === undefined ? {} : { constraint }) });
  const events: GenerationEvent[] = [];
  const from = { sequence: new KvSlab({ layers: 1, heads: 1, headDim: 1 }, 64), logits: wanting(script[0] ?? end) };
  for await (const event of choice.events(from, as)) events.push(event);
  return {
    text: events.map((event) => (event.type === 'text' ? event.text : '')).join(''),
    called: events.flatMap((event) => (event.type === 'toolCall' ? [event.name ?? event.arguments] : [])),
    finish: events.at(-1),
    tokens: choice.completionTokens,
  };
}

test('text, then a call: the finish says that something was called', async () => {
  expect(await run([1, ...call], {})).toEqual({
    text: 'Well. ',
    called: ['f', '{}'],
    finish: { type: 'finish', reason: 'toolCalls' },
    tokens: 6,
  });
});

test('a limit stays the reason where it cuts a call, and where a whole one fills it', async () => {
  for (const limit of [2, 3, 4, 5]) expect((await run(call, { limit })).finish).toEqual({ type: 'finish', reason: 'length' });
});

test('the constraint learns of a token before the graph runs, so that its mask is made meanwhile', async () => {
  const log: string[] = [];
  const constraint = {
    apply: () => void log.push('apply'),
    accept: (token: number) => void log.push(`accept ${token}`),
    close: () => void log.push('close'),
  };
  await run([1, 7], { constraint, log });
  expect(log).toEqual(['apply', 'accept 1', 'append 1', 'apply', 'accept 7', 'append 7', 'apply', 'close']);
});

test('a form that is complete ends the text, whatever the least length and the end tokens are to be', async () => {
  for (const request of [{ minTokens: 9 }, { ignoreEos: true }]) {
    const constraint = new FakeConstraint([[...call, end]]);
    expect(await run([7, 7, 7, 7, 7, 7, 7], { constraint, request })).toMatchObject({
      called: ['f', '{}'],
      finish: { reason: 'toolCalls' },
      tokens: 5,
    });
    expect(constraint.closed).toBe(1);
  }
});

test('a form that allows neither a token nor the end is an error, in a text and in a call', async () => {
  for (const [sentence, minTokens] of [
    [[], 0],
    [[7, 7], 0],
    [call.slice(0, 3), 9],
  ] as const) {
    const constraint = new FakeConstraint([sentence]);
    await expect(run([7, 7, 7, 7, 7], { constraint, request: { minTokens } })).rejects.toMatchObject({ code: 'internal_error' });
    expect([constraint.accepted, constraint.closed]).toEqual([sentence, 1]);
  }
});

test('a form that may end or go on goes on until the least length', async () => {
  const constraint = new FakeConstraint([[end], [7, end], [7, 7, end], [7, 7, 7, end]]);
  expect(await run([end], { constraint, request: { minTokens: 2 } })).toMatchObject({ finish: { reason: 'stop' }, tokens: 2 });
});

test('while a constraint is idle, the request says whether end tokens end the text', async () => {
  const idle = { isIdle: true, apply: () => undefined, accept: () => undefined, close: () => undefined };
  expect(await run([7], { constraint: idle, limit: 4, request: { ignoreEos: true } })).toMatchObject({
    finish: { reason: 'length' },
    tokens: 4,
  });
  expect(await run([7], { constraint: idle, limit: 4 })).toMatchObject({ finish: { reason: 'stop' }, tokens: 1 });
});

test('a call that is cancelled while it waits for a mask ends at once with the reason', async () => {
  const cancellable = new CancellableCall();
  let fail: (error: Error) => void = () => undefined;
  const constraint = {
    apply: () =>
      new Promise<void>((_, reject) => {
        fail = reject;
        cancellable.cancel();
      }),
    accept: () => undefined,
    close: () => fail(new Error('closed')),
  };
  await expect(run([7], { constraint }, cancellable)).rejects.toMatchObject({ code: 'client_closed_request' });
});

test('why there is no mask is told', async () => {
  const constraint = { apply: () => Promise.reject(new Error('lost')), accept: () => undefined, close: () => undefined };
  await expect(run([7], { constraint })).rejects.toThrow('lost');
});
