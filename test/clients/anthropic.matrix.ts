// The `@anthropic-ai/sdk` package on its one route: text, streams, errors and leaving.

import assert from 'node:assert/strict';
import Anthropic, { APIUserAbortError, BadRequestError, NotFoundError } from '@anthropic-ai/sdk';
import { all, apiKey, cell, chatModel, idle, longAnswer, longTask, once, question, rejection, runs, serverUrl } from './cell.ts';

const client = new Anthropic({ baseURL: serverUrl, apiKey, maxRetries: 0 });
const body = { model: chatModel, max_tokens: 24, messages: [{ role: 'user' as const, content: question }], temperature: 0 };
const long = { ...body, max_tokens: longAnswer, messages: [{ role: 'user' as const, content: longTask }] };
const plainMessage = once(() => client.messages.create(body));

function textOf(message: Anthropic.Message): string {
  return message.content.map((block) => (block.type === 'text' ? block.text : '')).join('');
}

cell('@anthropic-ai/sdk', 'messages', 'plain', 'a message has text, a stop reason and usage', async () => {
  const message = await plainMessage();
  assert.match(textOf(message), /Paris/);
  assert.deepEqual([message.type, message.role, message.stop_reason, message.stop_sequence], ['message', 'assistant', 'end_turn', null]);
  assert.ok(message.usage.input_tokens > 0 && message.usage.output_tokens > 0);
  assert.ok(message._request_id, 'expected a request id in the headers');
});

cell('@anthropic-ai/sdk', 'messages', 'plain', 'a message cut by max_tokens or a stop sequence says so', async () => {
  const cut = await client.messages.create({ ...body, max_tokens: 2 });
  assert.deepEqual([cut.stop_reason, cut.usage.output_tokens], ['max_tokens', 2]);
  const stopped = await client.messages.create({ ...body, stop_sequences: ['Paris'] });
  assert.deepEqual([stopped.stop_reason, stopped.stop_sequence], ['stop_sequence', 'Paris']);
  assert.doesNotMatch(textOf(stopped), /Paris/);
});

cell('@anthropic-ai/sdk', 'messages', 'stream', 'events come in their order and add up to the plain message', async () => {
  const plain = await plainMessage();
  const events = await all(await client.messages.create({ ...body, stream: true }));
  const deltas = events.map((event) => (event.type === 'content_block_delta' && event.delta.type === 'text_delta' ? event.delta.text : ''));
  assert.equal(deltas.join(''), textOf(plain));
  const order = events.map((event) => event.type).filter((type, at, types) => type !== types[at - 1]);
  const [start, block, ...rest] = order;
  assert.deepEqual([start, block], ['message_start', 'content_block_start']);
  assert.deepEqual(rest, ['content_block_delta', 'content_block_stop', 'message_delta', 'message_stop']);
});

cell('@anthropic-ai/sdk', 'messages', 'stream', 'the stream helper gathers the plain message', async () => {
  const plain = await plainMessage();
  const gathered = await client.messages.stream(body).finalMessage();
  assert.equal(textOf(gathered), textOf(plain));
  assert.equal(gathered.stop_reason, plain.stop_reason);
  assert.deepEqual([gathered.usage.input_tokens, gathered.usage.output_tokens], [plain.usage.input_tokens, plain.usage.output_tokens]);
});

cell('@anthropic-ai/sdk', 'messages', 'error', 'a value out of range is a BadRequestError that names it', async () => {
  const error = await rejection(client.messages.create({ ...body, max_tokens: 0 }), BadRequestError);
  assert.equal(error.status, 400);
  assert.equal(error.type, 'invalid_request_error');
  assert.match(error.message, /max_tokens/);
  assert.ok(error.requestID);
});

cell('@anthropic-ai/sdk', 'messages', 'error', 'an unknown model is a NotFoundError, in a stream helper too', async () => {
  const error = await rejection(client.messages.create({ ...body, model: 'nowhere' }), NotFoundError);
  assert.deepEqual([error.status, error.type], [404, 'not_found_error']);
  await rejection(client.messages.stream({ ...body, model: 'nowhere' }).finalMessage(), NotFoundError);
});

cell('@anthropic-ai/sdk', 'messages', 'abort', 'an aborted stream stops its work', async () => {
  const stream = client.messages.stream(long);
  const ended = rejection(stream.finalMessage(), APIUserAbortError);
  await runs(chatModel, 1);
  stream.abort();
  await ended;
  await idle();
});

cell('@anthropic-ai/sdk', 'messages', 'abort', 'a loop that breaks out of a stream stops its work', async () => {
  for await (const event of await client.messages.create({ ...long, stream: true })) if (event.type === 'content_block_delta') break;
  await idle();
});

cell('@anthropic-ai/sdk', 'messages', 'abort', 'an aborted call stops its work', async () => {
  const leaving = new AbortController();
  const ended = rejection(client.messages.create(long, { signal: leaving.signal }), APIUserAbortError);
  await runs(chatModel, 1);
  leaving.abort();
  await ended;
  await idle();
});
