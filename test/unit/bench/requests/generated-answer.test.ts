// The answers of the four routes that generate: what counts as a piece of output, and what makes an answer wrong or cut.

import { expect, test } from 'vitest';
import { events, readBy, requestOf, type WireAnswer } from './scenario-of.ts';

const chunk = (delta: object, finish: string | null = null, index = 0): object => ({
  object: 'chat.completion.chunk',
  choices: [{ index, delta, finish_reason: finish }],
  usage: null,
});
const text = (piece: string, finish: string | null = null): object => ({ choices: [{ index: 0, text: piece, finish_reason: finish }] });
const usage = (prompt_tokens: unknown, completion_tokens: unknown): object => ({
  choices: [],
  usage: { prompt_tokens, completion_tokens },
});
type Event = Readonly<Record<string, unknown>>;
const named = (...list: readonly Event[]): string =>
  list.map((value) => `event: ${String(value['type'])}\ndata: ${JSON.stringify(value)}\n\n`).join('');
const delta = (type: string, member: string, value: string): Event => ({
  type: 'content_block_delta',
  ...{ index: 0, delta: { type, [member]: value } },
});
const anthropicUsage = { input_tokens: 5, cache_read_input_tokens: 4, cache_creation_input_tokens: null, output_tokens: 1 };

/** Each says `a`, `é`, `c` in three pieces, of 9 and 3 tokens. */
const streams: Readonly<Record<string, string>> = {
  chat: events(
    chunk({ role: 'assistant', content: '' }),
    chunk({ content: 'a' }),
    chunk({ content: 'é' }),
    chunk({ content: 'c' }),
    chunk({}, 'stop'),
    usage(9, 3),
    '[DONE]',
  ),
  completions: events(text('a'), text('é'), text('c'), text('', 'length'), usage(9, 3), '[DONE]'),
  responses: named(
    ...[{ type: 'response.created', response: { status: 'in_progress', error: null } }, { type: 'response.output_item.added' }],
    ...['a', 'é', 'c'].map((piece) => ({ type: 'response.output_text.delta', delta: piece })),
    { type: 'response.output_text.done', text: 'aéc' },
    { type: 'response.completed', response: { status: 'completed', usage: { input_tokens: 9, output_tokens: 3 } } },
  ),
  messages: named(
    { type: 'message_start', message: { content: [], usage: anthropicUsage } },
    { type: 'content_block_start', content_block: { type: 'text', text: '' } },
    { type: 'ping' },
    ...['a', 'é', 'c'].map((piece) => delta('text_delta', 'text', piece)),
    { type: 'content_block_stop' },
    { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 3 } },
    { type: 'message_stop' },
  ),
};

/** The same answers, not streamed. */
const wholes: Readonly<Record<string, object>> = {
  chat: {
    choices: [{ index: 0, message: { role: 'assistant', content: 'aéc' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 9, completion_tokens: 3 },
  },
  completions: { choices: [{ index: 0, text: 'aéc', finish_reason: 'length' }], usage: { prompt_tokens: 9, completion_tokens: 3 } },
  responses: {
    status: 'completed',
    error: null,
    output: [{ type: 'reasoning' }, { type: 'message', content: [{ type: 'output_text', text: 'aéc' }] }],
    usage: { input_tokens: 9, output_tokens: 3 },
  },
  messages: {
    content: [
      { type: 'thinking', thinking: 'x' },
      { type: 'text', text: 'aéc' },
    ],
    stop_reason: 'end_turn',
    usage: { ...anthropicUsage, output_tokens: 3 },
  },
};
const routes = ['chat', 'completions', 'responses', 'messages'] as const;
const right = { outcome: 'ok', tokensIn: 9, tokensOut: 3 };

async function readStream(route: string, answer: Omit<WireAnswer, 'type'>, workload: object = {}): Promise<ReturnType<typeof readBy>> {
  const { max_tokens: maxTokens } = { max_tokens: 8, ...workload };
  const request = await requestOf({ route, max_tokens: maxTokens, ...workload }, { maxTokens });
  return readBy(request.inspect(), { type: 'text/event-stream; charset=utf-8', ...answer });
}

async function readWhole(route: string, body: unknown, workload: object = {}): Promise<ReturnType<typeof readBy>> {
  const request = await requestOf({ route, stream: false, max_tokens: 8, ...workload }, { maxTokens: 8 });
  return readBy(request.inspect(), { body: typeof body === 'string' ? body : JSON.stringify(body) });
}

const chat = (...list: readonly unknown[]): Promise<ReturnType<typeof readBy>> => readStream('chat', { body: events(...list) });

test.each(routes)('a stream of %s has a piece for each event with output, wherever its bytes are cut', async (route) => {
  for (const cut of [1, 2, 7, 1_000_000]) {
    const { pieces, ...verdict } = await readStream(route, { body: streams[route] ?? '', cut });
    expect([cut, verdict, pieces.reduce((sum, count) => sum + count, 0)]).toEqual([cut, right, 3]);
  }
});

test('pieces count when the bytes that complete them arrive', async () => {
  const body = Buffer.from(events(chunk({ content: 'a' }), chunk({ content: 'b' })));
  const { pieces } = await readStream('chat', { body, cut: Math.floor(body.length / 2) - 1 });
  expect(pieces).toEqual([0, 1, 1]);
});

test('lines that end with carriage returns and comments are read as well', async () => {
  const body = `: ping\r\n\r\n${(streams['chat'] ?? '').replaceAll('\n', '\r\n')}`;
  expect(await readStream('chat', { body, cut: 5 })).toMatchObject(right);
});

test.each(routes)('a whole answer of %s is told without pieces', async (route) => {
  expect(await readWhole(route, wholes[route])).toEqual({ ...right, pieces: [0] });
});

test.each(routes)('the text of %s is the same streamed and whole', async (route) => {
  const streamed = (await requestOf({ route, max_tokens: 8 })).inspect();
  readBy(streamed, { type: 'text/event-stream', body: streams[route] ?? '' });
  const whole = (await requestOf({ route, max_tokens: 8, stream: false })).inspect();
  readBy(whole, { body: JSON.stringify(wholes[route]) });
  expect([streamed.found().text, whole.found().text]).toEqual(['aéc', 'aéc']);
});

test.each(routes)('a stream of %s that ends early is truncated', async (route) => {
  const body = streams[route] ?? '';
  const end = body.lastIndexOf(route === 'chat' || route === 'completions' ? 'data: ' : 'event: ');
  expect(await readStream(route, { body: body.slice(0, end) })).toMatchObject({ outcome: 'truncated', reason: 'no terminator' });
  // The last event is not whole without its empty line.
  expect(await readStream(route, { body: body.slice(0, -1) })).toMatchObject({ outcome: 'truncated' });
  expect(await readStream(route, { body: '' })).toMatchObject({ outcome: 'truncated' });
});

test('thoughts, refusals, calls of tools and other choices are output, but no text of the answer', async () => {
  const reader = (await requestOf({ route: 'chat' })).inspect();
  const call = (fields: object): object => chunk({ tool_calls: [{ index: 0, function: fields }] });
  const body = events(
    chunk({ reasoning_content: 'hm' }),
    chunk({ reasoning: 'hm' }),
    chunk({ refusal: 'no' }),
    call({ name: 'f', arguments: '' }),
    call({ arguments: '{}' }),
    chunk({ content: 'other' }, null, 1),
    chunk({ content: 'mine' }),
    chunk({ content: null, tool_calls: null }),
    chunk({}, 'tool_calls'),
    '[DONE]',
  );
  const { pieces, outcome } = readBy(reader, { type: 'text/event-stream', body });
  expect([outcome, pieces, reader.found()]).toEqual(['ok', [7], { text: 'mine', finish: 'tool_calls' }]);
  const anthropic = named(
    delta('thinking_delta', 'thinking', 'x'),
    delta('input_json_delta', 'partial_json', '{'),
    delta('signature_delta', 'signature', 's'),
  );
  expect((await readStream('messages', { body: anthropic })).pieces).toEqual([2]);
  const openResponses = named(
    { type: 'response.function_call_arguments.delta', delta: '{' },
    { type: 'response.unknown.delta', delta: '{' },
  );
  expect((await readStream('responses', { body: openResponses })).pieces).toEqual([1]);
});

test('an error in a stream is a wrong answer with its code, and nothing after it counts', async () => {
  const error = { error: { message: 'a secret', type: 'server_error', code: 'timeout' } };
  expect(await chat(chunk({ content: 'a' }), error, chunk({ content: 'b' }))).toEqual({
    outcome: 'wrong_answer',
    reason: 'error event timeout',
    pieces: [1],
  });
  expect(await chat({ error: { message: 'x', type: 'server_error', code: null } })).toMatchObject({ reason: 'error event server_error' });
  expect(await chat({ error: { code: 'a text of the user' } })).toMatchObject({ reason: 'error event without a code' });
  expect(await chat({ error: 'x' })).toMatchObject({ reason: 'error event without a code' });
  const ofMessages = named({ type: 'error', error: { type: 'overloaded_error' } });
  expect(await readStream('messages', { body: ofMessages })).toMatchObject({ reason: 'error event overloaded_error' });
  const ofResponses = named({ type: 'error', code: 'server_error', message: 'x' });
  expect(await readStream('responses', { body: ofResponses })).toMatchObject({ reason: 'error event server_error' });
  const failed = named({ type: 'response.failed', response: { status: 'failed', error: { code: 'rate_limit' } } });
  expect(await readStream('responses', { body: failed })).toMatchObject({ reason: 'error event rate_limit' });
});

test.each<readonly [string, () => Promise<unknown>]>([
  ['malformed JSON in an event', () => chat('{"choices"')],
  ['bytes that are no UTF-8', () => readStream('chat', { body: Buffer.from([0x64, 0x61, 0xff, 0xfe]) })],
  ['no finish reason', () => chat(chunk({ content: 'a' }), '[DONE]')],
  ['output after the terminator', () => chat(chunk({ content: 'a' }, 'stop'), '[DONE]', chunk({ content: 'b' }))],
  ['a usage that is no count of tokens', () => chat(chunk({}, 'stop'), usage(9, '3'), '[DONE]')],
  ['more tokens than max_tokens', () => chat(chunk({}, 'stop'), usage(9, 9), '[DONE]')],
  [
    'expected application/json, got text/html',
    async () => readBy((await requestOf({ route: 'chat', stream: false })).inspect(), { type: 'text/html', body: '{}' }),
  ],
  ['expected text/event-stream, got application/json', async () => readBy((await requestOf({ route: 'chat' })).inspect(), { body: '{}' })],
  [
    'expected text/event-stream, got no known content type',
    async () => readBy((await requestOf({ route: 'chat' })).inspect(), { type: 'a secret', body: '' }),
  ],
  ['malformed JSON', () => readWhole('chat', '{"choices":[')],
  ['an empty body', () => readWhole('chat', '')],
  ['no choice with a message', () => readWhole('chat', { choices: [] })],
  ['no choice with a text', () => readWhole('completions', { choices: [{ index: 0 }] })],
  ['no list of output', () => readWhole('responses', { status: 'completed' })],
  ['no status of an end', () => readWhole('responses', { output: [], status: 'queued' })],
  ['no list of content', () => readWhole('messages', { stop_reason: 'end_turn' })],
  ['no finish reason', () => readWhole('messages', { content: [] })],
  ['error body model_failed', () => readWhole('chat', { error: { code: 'model_failed' } })],
])('%s is a wrong answer', async (reason, read) => {
  expect(await read()).toMatchObject({ outcome: 'wrong_answer', reason });
});

test('the limit is for each choice', async () => {
  const two = { body: events(chunk({}, 'stop'), usage(9, 16), '[DONE]') };
  expect(await readStream('chat', two, { body: { n: 2 } })).toMatchObject({ outcome: 'ok', tokensOut: 16 });
  expect(await readStream('chat', two)).toMatchObject({ outcome: 'wrong_answer' });
});

test('fewer tokens are wrong only where the exact number was asked for', async () => {
  const seven = { body: events(chunk({}, 'stop'), usage(9, 7), '[DONE]') };
  expect(await readStream('chat', seven)).toMatchObject({ outcome: 'ok' });
  expect(await readStream('chat', seven, { exact_tokens: true })).toMatchObject({ reason: 'fewer tokens than exact_tokens asked for' });
  expect(await readStream('chat', { body: events(chunk({}, 'stop'), usage(9, 8), '[DONE]') }, { exact_tokens: true })).toMatchObject({
    outcome: 'ok',
  });
});

test('a missing usage is no fault', async () => {
  expect(await chat(chunk({ content: 'a' }), chunk({}, 'stop'), '[DONE]')).toEqual({ outcome: 'ok', pieces: [1] });
});

test('the expected text is compared exactly', async () => {
  const body = streams['chat'] ?? '';
  expect(await readStream('chat', { body }, { expect: { text: 'aéc' } })).toMatchObject({ outcome: 'ok' });
  expect(await readStream('chat', { body }, { expect: { text: 'aéc ' } })).toMatchObject({
    outcome: 'wrong_answer',
    reason: 'another text than expected',
  });
});

test('the times of the server are told', async () => {
  const headers = { 'server-timing': 'queue;dur=1.5, infer;desc="x";dur=20, cache' };
  expect(await readStream('chat', { body: streams['chat'] ?? '', headers })).toMatchObject({ serverMs: { queue: 1.5, infer: 20 } });
  const older = await readStream('chat', { body: streams['chat'] ?? '', headers: { 'openai-processing-ms': '12' } });
  expect(older.serverMs).toEqual({ processing: 12 });
});

test('an event that does not end is given up, and what follows is not read', async () => {
  const reader = (await requestOf({ route: 'chat' })).answer();
  reader.head({ 'content-type': 'text/event-stream' });
  const part = Buffer.alloc(1024 * 1024, 'x');
  for (let megabyte = 0; megabyte < 20; megabyte++) expect(reader.data(part)).toBe(0);
  reader.data(Buffer.from(events('[DONE]')));
  expect(reader.end()).toEqual({ outcome: 'wrong_answer', reason: 'an event that does not end' });
});
