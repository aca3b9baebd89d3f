// The `openai` package on every route of its family: text, streams, errors and leaving.

import assert from 'node:assert/strict';
import OpenAI, { APIUserAbortError, BadRequestError, NotFoundError } from 'openai';
import {
  all,
  apiKey,
  cell,
  chatModel,
  embeddingModel,
  idle,
  longAnswer,
  longTask,
  once,
  question,
  rejection,
  type Route,
  runs,
  serverUrl,
} from './cell.ts';

const client = new OpenAI({ baseURL: `${serverUrl}/v1`, apiKey, maxRetries: 0 });
const chat = {
  model: chatModel,
  messages: [{ role: 'user' as const, content: question }],
  temperature: 0,
  max_completion_tokens: 24,
};
const text = { model: chatModel, prompt: 'The capital of France is', temperature: 0, max_tokens: 16 };
const response = { model: chatModel, input: question, temperature: 0, max_output_tokens: 24 };
const plainChat = once(() => client.chat.completions.create(chat));
const plainText = once(() => client.completions.create(text));
const plainResponse = once(() => client.responses.create(response));

function consistent(usage: OpenAI.CompletionUsage | null | undefined): void {
  assert.ok(usage !== null && usage !== undefined && usage.prompt_tokens > 0 && usage.completion_tokens > 0);
  assert.equal(usage.total_tokens, usage.prompt_tokens + usage.completion_tokens);
}

cell('openai', 'chat completions', 'plain', 'an answer has text, a finish reason and usage', async () => {
  const reply = await plainChat();
  assert.match(reply.choices[0]?.message.content ?? '', /Paris/);
  assert.equal(reply.choices[0]?.finish_reason, 'stop');
  assert.equal(reply.choices[0]?.message.refusal, null);
  consistent(reply.usage);
  assert.ok(reply._request_id, 'expected a request id in the headers');
});

cell('openai', 'chat completions', 'plain', 'an answer cut by max_completion_tokens says so', async () => {
  const reply = await client.chat.completions.create({ ...chat, max_completion_tokens: 2 });
  assert.equal(reply.choices[0]?.finish_reason, 'length');
  assert.equal(reply.usage?.completion_tokens, 2);
});

cell('openai', 'chat completions', 'stream', 'chunks add up to the plain answer, its finish and its usage', async () => {
  const plain = await plainChat();
  const chunks = await all(await client.chat.completions.create({ ...chat, stream: true, stream_options: { include_usage: true } }));
  assert.equal(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join(''), plain.choices[0]?.message.content);
  assert.equal(chunks.flatMap((chunk) => chunk.choices[0]?.finish_reason ?? []).join(), 'stop');
  assert.equal(chunks[0]?.choices[0]?.delta.role, 'assistant');
  assert.deepEqual(chunks.at(-1)?.usage, plain.usage);
  assert.equal(new Set(chunks.map((chunk) => chunk.id)).size, 1);
});

cell('openai', 'chat completions', 'stream', 'the stream helper gathers the plain answer', async () => {
  const plain = await plainChat();
  const stream = client.chat.completions.stream({ ...chat, stream_options: { include_usage: true } });
  const gathered = await stream.finalChatCompletion();
  assert.equal(gathered.choices[0]?.message.content, plain.choices[0]?.message.content);
  assert.equal(gathered.choices[0]?.finish_reason, 'stop');
  assert.deepEqual(await stream.totalUsage(), plain.usage);
});

cell('openai', 'completions', 'plain', 'a continuation has text, a finish reason and usage', async () => {
  const reply = await plainText();
  assert.notEqual(reply.choices[0]?.text.trim(), '');
  assert.match(reply.choices[0]?.finish_reason ?? '', /^(stop|length)$/);
  consistent(reply.usage);
});

cell('openai', 'completions', 'stream', 'chunks add up to the plain continuation', async () => {
  const plain = await plainText();
  const chunks = await all(await client.completions.create({ ...text, stream: true, stream_options: { include_usage: true } }));
  assert.equal(chunks.map((chunk) => chunk.choices[0]?.text ?? '').join(''), plain.choices[0]?.text);
  assert.deepEqual(chunks.at(-1)?.usage, plain.usage);
});

cell('openai', 'embeddings', 'plain', 'vectors asked for as base64 and as floats are the same', async () => {
  const body = { model: embeddingModel, input: ['a cat', 'a kitten', 'a tax form'] };
  // Without encoding_format the client asks for base64 and decodes it itself.
  const decoded = await client.embeddings.create(body);
  const floats = await client.embeddings.create({ ...body, encoding_format: 'float' });
  const vectors = decoded.data.map((item) => item.embedding);
  assert.deepEqual(
    vectors.map((vector) => vector.length),
    [384, 384, 384],
  );
  // Each float32 is written as a decimal that reads back as itself, so nothing may differ.
  assert.deepEqual(
    floats.data.map((item) => item.embedding),
    vectors,
  );
  const [cat = [], kitten = [], form = []] = vectors;
  assert.ok(product(cat, kitten) > product(cat, form));
  assert.equal(decoded.usage.prompt_tokens, decoded.usage.total_tokens);
  assert.ok(decoded.usage.prompt_tokens > 0);
});

cell('openai', 'responses', 'plain', 'an answer has text, a status and usage', async () => {
  const reply = await plainResponse();
  assert.match(reply.output_text, /Paris/);
  assert.equal(reply.status, 'completed');
  assert.ok(reply.usage !== undefined && reply.usage.output_tokens > 0);
  assert.equal(reply.usage.total_tokens, reply.usage.input_tokens + reply.usage.output_tokens);
});

cell('openai', 'responses', 'plain', 'an answer cut by max_output_tokens is incomplete', async () => {
  const reply = await client.responses.create({ ...response, max_output_tokens: 2 });
  assert.equal(reply.status, 'incomplete');
  assert.equal(reply.incomplete_details?.reason, 'max_output_tokens');
});

cell('openai', 'responses', 'stream', 'events are numbered in order and add up to the plain answer', async () => {
  const plain = await plainResponse();
  const events = await all(await client.responses.create({ ...response, stream: true }));
  assert.deepEqual(
    events.map((event) => event.sequence_number),
    [...events.keys()],
  );
  const deltas = events.map((event) => (event.type === 'response.output_text.delta' ? event.delta : ''));
  assert.equal(deltas.join(''), plain.output_text);
  const last = events.at(-1);
  assert.ok(last?.type === 'response.completed');
  assert.deepEqual(last.response.usage, plain.usage);
});

cell('openai', 'responses', 'stream', 'the stream helper gathers the plain answer', async () => {
  const plain = await plainResponse();
  const gathered = await client.responses.stream(response).finalResponse();
  assert.equal(gathered.output_text, plain.output_text);
  assert.deepEqual(gathered.usage, plain.usage);
});

cell('openai', 'responses', 'plain', 'a background response is fetched until it is the plain answer', async () => {
  const plain = await plainResponse();
  let reply = await client.responses.create({ ...response, background: true });
  assert.deepEqual([reply.status, reply.background, reply.output_text], ['queued', true, '']);
  const { id } = reply;
  while (reply.status === 'queued' || reply.status === 'in_progress') reply = await client.responses.retrieve(id);
  assert.deepEqual([reply.id, reply.status, reply.output_text, reply.usage], [id, 'completed', plain.output_text, plain.usage]);
});

cell('openai', 'responses', 'stream', 'a background stream that was left goes on after any of its events', async () => {
  const plain = await plainResponse();
  let id = '';
  let last = -1;
  for await (const event of await client.responses.create({ ...response, background: true, stream: true })) {
    if (event.type === 'response.created') id = event.response.id;
    last = event.sequence_number;
    if (event.type === 'response.output_text.delta') break;
  }
  const rest = await all(await client.responses.retrieve(id, { stream: true, starting_after: last }));
  assert.deepEqual(
    rest.map((event) => event.sequence_number),
    rest.map((_, at) => last + 1 + at),
  );
  const whole = await all(await client.responses.retrieve(id, { stream: true }));
  assert.deepEqual(whole.slice(last + 1), rest);
  const end = rest.at(-1);
  assert.ok(end?.type === 'response.completed');
  assert.deepEqual(end.response.usage, plain.usage);
  const gathered = await client.responses.stream({ response_id: id, starting_after: last }).finalResponse();
  assert.equal(gathered.output_text, plain.output_text);
});

cell('openai', 'responses', 'abort', 'cancel stops a background response', async () => {
  const { id } = await client.responses.create({ ...response, input: longTask, max_output_tokens: longAnswer, background: true });
  await runs(chatModel, 1);
  assert.equal((await client.responses.cancel(id)).status, 'cancelled');
  await idle();
  assert.equal((await client.responses.retrieve(id)).status, 'cancelled');
  await client.responses.delete(id);
  await rejection(client.responses.retrieve(id), NotFoundError);
});

const calls: readonly [Route, (model: string, temperature: number) => Promise<unknown>][] = [
  ['chat completions', (model, temperature) => client.chat.completions.create({ ...chat, model, temperature })],
  ['completions', (model, temperature) => client.completions.create({ ...text, model, temperature })],
  ['responses', (model, temperature) => client.responses.create({ ...response, model, temperature })],
];

for (const [route, call] of calls) {
  cell('openai', route, 'error', 'a value out of range is a BadRequestError with its place', async () => {
    const error = await rejection(call(chatModel, 3), BadRequestError);
    assert.deepEqual([error.status, error.param, error.type], [400, 'temperature', 'invalid_request_error']);
    assert.equal(error.code, 'invalid_value');
    assert.match(error.message, /^400 .*temperature/);
    assert.ok(error.requestID);
  });

  cell('openai', route, 'error', 'an unknown model is a NotFoundError', async () => {
    const error = await rejection(call('nowhere', 0), NotFoundError);
    assert.deepEqual([error.status, error.param, error.code], [404, 'model', 'model_not_found']);
  });
}

cell('openai', 'embeddings', 'error', 'an empty list is a BadRequestError with its place', async () => {
  const error = await rejection(client.embeddings.create({ model: embeddingModel, input: [] }), BadRequestError);
  assert.deepEqual([error.status, error.param], [400, 'input']);
});

const started: readonly [Route, (signal: AbortSignal) => Promise<AsyncIterable<unknown>>, (signal: AbortSignal) => Promise<unknown>][] = [
  [
    'chat completions',
    (signal) => client.chat.completions.create({ ...longChat(), stream: true }, { signal }),
    (signal) => client.chat.completions.create(longChat(), { signal }),
  ],
  [
    'completions',
    (signal) => client.completions.create({ ...text, prompt: longTask, max_tokens: longAnswer, stream: true }, { signal }),
    (signal) => client.completions.create({ ...text, prompt: longTask, max_tokens: longAnswer }, { signal }),
  ],
  [
    'responses',
    (signal) => client.responses.create({ ...response, input: longTask, max_output_tokens: longAnswer, stream: true }, { signal }),
    (signal) => client.responses.create({ ...response, input: longTask, max_output_tokens: longAnswer }, { signal }),
  ],
];

for (const [route, stream, plain] of started) {
  cell('openai', route, 'abort', 'an aborted stream stops its work', async () => {
    const leaving = new AbortController();
    const parts = (await stream(leaving.signal))[Symbol.asyncIterator]();
    assert.equal((await parts.next()).done, false);
    await runs(chatModel, 1);
    leaving.abort();
    await idle();
  });

  cell('openai', route, 'abort', 'an aborted call stops its work', async () => {
    const leaving = new AbortController();
    const ended = rejection(plain(leaving.signal), APIUserAbortError);
    await runs(chatModel, 1);
    leaving.abort();
    await ended;
    await idle();
  });
}

function longChat() {
  return { ...chat, messages: [{ role: 'user' as const, content: longTask }], max_completion_tokens: longAnswer };
}

function product(left: readonly number[], right: readonly number[]): number {
  return left.reduce((sum, value, at) => sum + value * (right[at] ?? 0), 0);
}
