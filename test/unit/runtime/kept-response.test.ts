import { expect, test } from 'vitest';
import type { ReplyHead } from '../../../src/contract/thread.ts';
import { eventFrame, sseHead } from '../../../src/dialects/sse.ts';
import { jsonHead } from '../../../src/dialects/json-reply.ts';
import { InferenceError } from '../../../src/core/errors.ts';
import { withContext, withStore } from '../../../src/runtime/kept-response.ts';
import { ResponseStore } from '../../../src/runtime/response-store.ts';
import type { Submission } from '../../../src/runtime/submission.ts';
import { FakeClock } from '../../support/fake-clock.ts';

type Json = Readonly<Record<string, unknown>>;

function submission(body: Json, key: string | null = null): Submission {
  const facts = { id: 'req_1', httpMethod: 'POST', path: '/v1/responses', headers: {}, deadlineMs: 1, priority: 0, gather: false };
  return {
    method: 'responses',
    model: undefined,
    body,
    bytes: Buffer.from(JSON.stringify(body)),
    bodyKind: 'json',
    facts: { ...facts, apiKeyName: key },
    signal: new AbortController().signal,
    observer: { head() {}, chunk() {}, end() {}, fail() {} },
  };
}

/** The body as the model gets it. */
function sent({ bytes = new Uint8Array() }: Submission): Json {
  return JSON.parse(new TextDecoder().decode(bytes));
}

function answer({ observer }: Submission, id: string, text: string, status = 'completed', head: ReplyHead = jsonHead): void {
  const output = [{ id: `msg_${id}`, type: 'message', role: 'assistant', status, content: [{ type: 'output_text', text }] }];
  const response = { id, object: 'response', status, output };
  const stream = eventFrame(`response.${status}`, JSON.stringify({ type: `response.${status}`, sequence_number: 9, response })).bytes;
  observer.head(head);
  observer.chunk(head.shape === 'whole' ? Buffer.from(JSON.stringify(response)) : stream, 1);
  observer.end(undefined);
}

function newStore(): ResponseStore {
  return new ResponseStore(new FakeClock());
}

test.each([jsonHead, sseHead])('the context of the next response has what came before it, after a reply of %j', (head) => {
  const store = newStore();
  answer(withStore(store, submission({ input: 'one', instructions: 'be brief' })), 'resp_1', 'two', 'completed', head);
  const second = withStore(store, submission({ input: [{ role: 'user', content: 'three' }], previous_response_id: 'resp_1' }));
  expect(sent(second)).toEqual({
    previous_response_id: 'resp_1',
    input: [
      {
        id: expect.stringMatching(/^msg_/),
        type: 'message',
        role: 'user',
        status: 'completed',
        content: [{ type: 'input_text', text: 'one' }],
      },
      { id: 'msg_resp_1', type: 'message', role: 'assistant', status: 'completed', content: [{ type: 'output_text', text: 'two' }] },
      { id: expect.stringMatching(/^msg_/), type: 'message', role: 'user', content: 'three' },
    ],
  });
  answer(second, 'resp_2', 'four', 'incomplete', head);
  store.delete('', 'resp_1');
  const third = sent(withStore(store, submission({ input: 'five', previous_response_id: 'resp_2' })));
  expect(third['input']).toHaveLength(5);
});

test('a body that needs nothing keeps its bytes', () => {
  const given = submission({ input: 'one' });
  expect(withStore(newStore(), given).bytes).toBe(given.bytes);
});

test.each([
  ['store false', newStore(), { input: 'one', store: false }],
  ['no store', undefined, { input: 'one', store: true }],
])('nothing is kept with %s, and the body says so', (_, store, body) => {
  const made = withStore(store, submission(body));
  expect(sent(made)).toEqual({ input: 'one', store: false });
  answer(made, 'resp_1', 'two');
  expect(store?.count ?? 0).toBe(0);
});

test.each([
  ['a server without one', undefined, { input: 'one', background: true }, 'unsupported_value'],
  ['store false', newStore(), { input: 'one', background: true, store: false }, 'invalid_value'],
])('the background needs a store: it is refused with %s', (_, store, body, code) => {
  expect(() => withStore(store, submission(body))).toThrow(expect.objectContaining({ code, status: 400, param: 'background' }));
  expect(sent(withStore(store, submission({ ...body, background: false })))).toMatchObject({ background: false });
});

test('what failed, was cut off or is no response is not kept', () => {
  const store = newStore();
  const failed = withStore(store, submission({ input: 'one' }));
  failed.observer.head(sseHead);
  failed.observer.chunk(eventFrame('response.output_text.delta', '{"delta":"event: response.completed"}').bytes, 1);
  failed.observer.fail(new InferenceError('timeout', 'late'), false);
  answer(withStore(store, submission({ input: 'one' })), 'resp_1', 'two', 'failed');
  const own = withStore(store, submission({ input: 'one' }));
  own.observer.head(jsonHead);
  own.observer.chunk(Buffer.from('"text"'), 0);
  expect(store.count).toBe(0);
});

test('an unknown id and that of another key are refused alike', () => {
  const store = newStore();
  answer(withStore(store, submission({ input: 'one' }, 'alice')), 'resp_1', 'two');
  const refused = { code: 'previous_response_not_found', status: 400, param: 'previous_response_id' };
  const body = { input: 'a', previous_response_id: 'resp_1' };
  expect(() => withStore(store, submission(body, 'bob'))).toThrow(expect.objectContaining(refused));
  expect(() => withStore(undefined, submission(body, 'alice'))).toThrow(expect.objectContaining(refused));
  expect(sent(withStore(store, submission(body, 'alice')))['input']).toHaveLength(3);
});

test('a reference stands for an item of the chain, and for nothing else', () => {
  const store = newStore();
  answer(withStore(store, submission({ input: 'one' })), 'resp_1', 'two');
  const reference = { type: 'item_reference', id: 'msg_resp_1' };
  const next = { role: 'user', content: 'three' };
  const referring = withStore(store, submission({ input: [reference, next], previous_response_id: 'resp_1' }));
  expect(sent(referring)['input']).toMatchObject([{ role: 'user' }, { id: 'msg_resp_1', role: 'assistant' }, { content: 'three' }]);
  const unknown = submission({ input: [next, { ...reference, id: 'msg_2' }], previous_response_id: 'resp_1' });
  expect(() => withStore(store, unknown)).toThrow(expect.objectContaining({ code: 'invalid_value', param: 'input[1]' }));
  const message = 'expected input[0] to refer to an item of the previous response, got no previous_response_id';
  expect(() => withStore(store, submission({ input: [reference] }))).toThrow(expect.objectContaining({ code: 'invalid_value', message }));
});

test('as many references as a list may have cost no walk of the chain each', () => {
  const count = 100_000;
  const store = new ResponseStore(new FakeClock());
  const items = Array.from({ length: count }, (_, index) => ({ type: 'message', role: 'user', id: `m${index}`, content: 'a' }));
  const response = Buffer.from(JSON.stringify({ status: 'completed', output: [] }));
  store.keep('alice', { id: 'resp_1', response, input: Buffer.from(JSON.stringify(items)) });
  // Each to the last one: ten thousand million comparisons, were they looked for one by one.
  const reference = { type: 'item_reference', id: `m${count - 1}` };
  const referring = submission({ input: new Array(count).fill(reference), previous_response_id: 'resp_1' }, 'alice');
  expect(sent(withContext(store, referring))['input']).toHaveLength(count);
});

test('a reference without an id is refused, and not taken for an item that has none either', () => {
  const store = newStore();
  const { observer } = withStore(store, submission({ input: 'one' }));
  const nameless = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'two' }] };
  observer.head(jsonHead);
  observer.chunk(Buffer.from(JSON.stringify({ id: 'resp_1', status: 'completed', output: [nameless] })), 1);
  observer.end(undefined);
  const referring = submission({ input: [{ type: 'item_reference' }], previous_response_id: 'resp_1' });
  const refused = { code: 'missing_required_parameter', param: 'input[0].id' };
  expect(() => withStore(store, referring)).toThrow(expect.objectContaining(refused));
});

test('the output of a call belongs to one of the chain or of the input, and is refused at its place in the input', () => {
  const store = newStore();
  const { observer } = withStore(store, submission({ input: 'one' }));
  const called = { id: 'fc_1', type: 'function_call', call_id: 'a', name: 'look', arguments: '{}' };
  observer.head(jsonHead);
  observer.chunk(Buffer.from(JSON.stringify({ id: 'resp_1', status: 'completed', output: [called] })), 1);
  const output = (id: string) => ({ type: 'function_call_output', call_id: id, output: 'x' });
  const next = (...input: readonly Json[]) => submission({ input, previous_response_id: 'resp_1' });
  const again = next(output('a'), { ...called, id: 'fc_2', call_id: 'b' }, output('b'));
  expect(sent(withStore(store, again))['input']).toHaveLength(5);
  expect(sent(withStore(store, next({ type: 'item_reference', id: 'fc_1' }, output('a'))))['input']).toHaveLength(3);
  const message = 'expected input[1].call_id to name an earlier call ("a"), got "c"';
  const refused = { code: 'invalid_value', status: 400, param: 'input[1].call_id', message };
  for (const prepare of [withStore, withContext]) {
    expect(() => prepare(store, next(output('a'), output('c')))).toThrow(expect.objectContaining(refused));
  }
});

// Such spaces as a class writes that answers with text of its own.
const spaced = '{"id":"resp_1", "status":"completed", "output":[]}';

test.each([
  ['a whole reply', jsonHead, spaced],
  [
    'the last event of a stream',
    sseHead,
    `event: response.completed\ndata: {"type":"response.completed","sequence_number":9,"response":${spaced}}\n\n`,
  ],
])('%s is kept as it was written', (_, head, text) => {
  const store = newStore();
  const { observer } = withStore(store, submission({ input: 'one' }));
  observer.head(head);
  observer.chunk(Buffer.from(text), 1);
  expect(Buffer.from(store.get('', 'resp_1')?.response ?? []).toString()).toBe(spaced);
});

test.each([
  `{"type":"response.completed","sequence_number":9,"response":${spaced},"own":{"a":{}}}`,
  `{"sequence_number":9,"type":"response.completed","own":{"response":{}},"response":${spaced}}`,
])('of an event in another form the response alone is kept: %s', (event) => {
  const store = newStore();
  const { observer } = withStore(store, submission({ input: 'one' }));
  observer.head(sseHead);
  observer.chunk(eventFrame('response.completed', event).bytes, 1);
  expect(JSON.parse(Buffer.from(store.get('', 'resp_1')?.response ?? []).toString())).toEqual(JSON.parse(spaced));
});

test('a count has the context and is not kept', () => {
  const store = newStore();
  answer(withStore(store, submission({ input: 'one' })), 'resp_1', 'two');
  const plain = submission({ input: 'three' });
  expect(withContext(store, plain)).toBe(plain);
  const next = submission({ input: 'three', previous_response_id: 'resp_1' });
  const counted = withContext(store, next);
  expect(sent(counted)['input']).toHaveLength(3);
  expect(sent(counted)).not.toHaveProperty('store');
  expect(counted.observer).toBe(next.observer);
  expect(() => withContext(store, submission({ input: 'a', previous_response_id: 'resp_2' }))).toThrow(
    expect.objectContaining({ code: 'previous_response_not_found' }),
  );
});

test('an answer that nests too deep to be written again passes, and is not kept', () => {
  const store = newStore();
  const heard: number[] = [];
  const given = submission({ input: 'one' });
  const observer = { ...given.observer, chunk: (bytes: Uint8Array) => void heard.push(bytes.byteLength) };
  const made = withStore(store, { ...given, observer });
  const deep = '['.repeat(20_000) + ']'.repeat(20_000);
  const event = `{"own":1,"response":{"id":"resp_1","status":"completed","output":[],"x":${deep}}}`;
  made.observer.head(sseHead);
  made.observer.chunk(eventFrame('response.completed', event).bytes, 1);
  expect([heard.length, store.count]).toEqual([1, 0]);
});

test('a count of input tokens refuses the background without a store', () => {
  const count = (body: Json) => () => withContext(newStore(), submission({ input: 'a', background: true, ...body }));
  expect(count({ store: false })).toThrow('expected background to be false or absent where store is false');
  expect(count({})).not.toThrow();
});
