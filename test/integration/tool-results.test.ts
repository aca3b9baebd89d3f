// Results of tools over real sockets: each goes back with the id of the call that the model made, and with another one it is refused.

import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bodyOf, serve, type TestServer } from '../support/serve.ts';

let server: TestServer;

beforeAll(async () => {
  server = await serve([fileURLToPath(new URL('../fixtures/models/capable', import.meta.url))]);
});

afterAll(async () => {
  expect(await server.close()).toBe(true);
});

async function ask(path: string, body: object) {
  const reply = await server.post(path, body);
  return { status: reply.status, body: await bodyOf(reply) };
}

const user = { role: 'user', content: 'What is the weather?' };
const refused = (param: string) => ({ status: 400, body: { error: { type: 'invalid_request_error', code: 'invalid_value', param } } });

test('a chat takes the result of its call and refuses one of another', async () => {
  const path = '/v1/chat/completions';
  const tools = [{ type: 'function', function: { name: 'look' } }];
  const { message } = (await ask(path, { messages: [user], tools, tool_choice: 'required' })).body.choices[0];
  const after = (id: string) => ask(path, { messages: [user, message, { role: 'tool', tool_call_id: id, content: 'sunny' }] });
  expect(await after(message.tool_calls[0].id)).toMatchObject({ status: 200 });
  expect(await after('nope')).toMatchObject(refused('messages[2].tool_call_id'));
  const orphan = await ask(path, { messages: [user, { role: 'tool', tool_call_id: 'call_1', content: 'sunny' }] });
  expect(orphan).toMatchObject(refused('messages[1].tool_call_id'));
});

test('messages take the result of their call and refuse one of another', async () => {
  const path = '/v1/messages';
  const tools = [{ name: 'look', input_schema: { type: 'object' } }];
  const { content } = (await ask(path, { max_tokens: 9, messages: [user], tools, tool_choice: { type: 'any' } })).body;
  const after = (id: string) => {
    const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: 'sunny' }] };
    return ask(path, { max_tokens: 9, messages: [user, { role: 'assistant', content }, result] });
  };
  expect(await after(content[0].id)).toMatchObject({ status: 200 });
  expect(await after('nope')).toMatchObject({
    status: 400,
    body: {
      type: 'error',
      error: { type: 'invalid_request_error', message: expect.stringContaining('messages[2].content[0].tool_use_id') },
    },
  });
});

test('responses take the output of a call of the input or of the stored conversation, and refuse one of another', async () => {
  const path = '/v1/responses';
  const tools = [{ type: 'function', name: 'look', parameters: {}, strict: true }];
  const first = (await ask(path, { input: [user], tools, tool_choice: 'required' })).body;
  const [call] = first.output;
  const output = (id: string) => ({ type: 'function_call_output', call_id: id, output: 'sunny' });
  expect(await ask(path, { input: [user, call, output(call.call_id)] })).toMatchObject({ status: 200 });
  expect(await ask(path, { input: [user, call, output('nope')] })).toMatchObject(refused('input[2].call_id'));
  const next = { previous_response_id: first.id };
  expect(await ask(path, { ...next, input: [output(call.call_id)] })).toMatchObject({ status: 200 });
  const reference = { type: 'item_reference', id: call.id };
  expect(await ask(path, { ...next, input: [reference, output(call.call_id)] })).toMatchObject({ status: 200 });
  for (const more of [{}, { stream: true }, { background: true }]) {
    expect(await ask(path, { ...next, ...more, input: [reference, output('nope')] })).toMatchObject(refused('input[1].call_id'));
  }
  expect(await ask(`${path}/input_tokens`, { ...next, input: [output('nope')] })).toMatchObject(refused('input[0].call_id'));
});
