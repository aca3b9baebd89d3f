// Calls of tools as blocks of a message, and the counts of prompts.

import { expect, test } from 'vitest';
import type { GenerationEvent } from '../../../src/contract/generation.ts';
import { dialectFor } from '../../../src/dialects/route-dialects.ts';
import { eventsOf } from '../../support/events-of.ts';
import { contextFor, jsonOf, textOf } from './framing.ts';

const body = { max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] };
const usage = { type: 'usage', promptTokens: 3, completionTokens: 2 } as const;
const finish = { type: 'finish', reason: 'toolCalls' } as const;
const begun = { type: 'toolCall', call: 0, id: 'c1', name: 'weather', arguments: '' } as const;
const piece = (json: string, call = 0) => ({ type: 'toolCall', call, arguments: json }) as const;

const frame = (events: readonly GenerationEvent[], stream = false) =>
  dialectFor('messages').frame(events.values(), contextFor('messages', { ...body, stream }));
const streamed = async (events: readonly GenerationEvent[]) =>
  eventsOf(await textOf(await frame(events, true))).map(({ data }) => JSON.parse(data) as Record<string, unknown>); // tests compare the members

test('a call in one piece has its input as an object, and no empty text before it', async () => {
  const reply = await jsonOf(await frame([usage, begun, piece('{"city":'), piece('"Bern"}'), finish, usage]));
  expect(reply).toMatchObject({ stop_reason: 'tool_use', stop_sequence: null });
  expect(reply['content']).toEqual([{ type: 'tool_use', id: 'c1', name: 'weather', input: { city: 'Bern' } }]);
});

test('text stands before calls, and a call without arguments has none', async () => {
  const second = { type: 'toolCall', call: 1, id: 'c2', name: 'time', arguments: '{}' } as const;
  const reply = await jsonOf(await frame([{ type: 'text', text: 'let me see' }, begun, second, finish, usage]));
  expect(reply['content']).toEqual([
    { type: 'text', text: 'let me see', citations: [] },
    { type: 'tool_use', id: 'c1', name: 'weather', input: {} },
    { type: 'tool_use', id: 'c2', name: 'time', input: {} },
  ]);
});

test('an empty answer has one empty text, whole and streamed', async () => {
  const events = [usage, { type: 'finish', reason: 'stop' }, usage] as const;
  expect((await jsonOf(await frame(events)))['content']).toEqual([{ type: 'text', text: '', citations: [] }]);
  expect((await streamed(events)).map(({ type }) => type)).toEqual([
    'message_start',
    'content_block_start',
    'content_block_stop',
    'message_delta',
    'message_stop',
  ]);
});

test('a stream opens a block per text and call, one after the other', async () => {
  const second = { type: 'toolCall', call: 1, id: 'c2', name: 'time', arguments: '{}' } as const;
  const events = await streamed([usage, { type: 'text', text: 'so' }, begun, piece('{"a":'), piece('1}'), second, finish, usage]);
  expect(events.slice(1, -2)).toEqual([
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'so' } },
    { type: 'content_block_stop', index: 0 },
    { type: 'content_block_start', index: 1, content_block: { type: 'tool_use', id: 'c1', name: 'weather', input: {} } },
    { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '{"a":' } },
    { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '1}' } },
    { type: 'content_block_stop', index: 1 },
    { type: 'content_block_start', index: 2, content_block: { type: 'tool_use', id: 'c2', name: 'time', input: {} } },
    { type: 'content_block_delta', index: 2, delta: { type: 'input_json_delta', partial_json: '{}' } },
    { type: 'content_block_stop', index: 2 },
  ]);
  expect(events.at(-2)).toMatchObject({ type: 'message_delta', delta: { stop_reason: 'tool_use' } });
});

test.each(['{"a":', '[1]', '7'])('arguments that are no object are refused: %s', async (json) => {
  await expect(frame([begun, piece(json), finish, usage])).rejects.toMatchObject({ code: 'invalid_result', status: 500 });
});

test('a call that the limit cut has an empty input, and the limit as the reason of its stop', async () => {
  const cut = { type: 'finish', reason: 'length' } as const;
  const reply = await jsonOf(await frame([usage, begun, piece('{"city":'), cut, usage]));
  expect(reply).toMatchObject({ stop_reason: 'max_tokens', content: [{ type: 'tool_use', id: 'c1', name: 'weather', input: {} }] });
  const second = { type: 'toolCall', call: 1, id: 'c2', name: 'time', arguments: '{' } as const;
  await expect(frame([begun, piece('{"city":'), second, cut, usage])).rejects.toMatchObject({ code: 'invalid_result' });
});

test('a call that goes on after another began is refused, since its block is closed', async () => {
  await expect(streamed([begun, piece('{}', 1), piece('{}'), finish, usage])).rejects.toMatchObject({ code: 'invalid_result' });
});

test('a count has its tokens and no more', async () => {
  const messages = body.messages;
  expect(await jsonOf(await dialectFor('countTokens').frame(5, contextFor('countTokens', { messages })))).toEqual({ input_tokens: 5 });
  const reply = await dialectFor('inputTokens').frame(0, contextFor('inputTokens', { input: 'hi' }));
  expect(await jsonOf(reply)).toEqual({ object: 'response.input_tokens', input_tokens: 0 });
});

test.each([undefined, -1, 1.5, '3', Number.NaN])('%s is no count', async (result) => {
  const framing = dialectFor('countTokens').frame(result, contextFor('countTokens', { messages: body.messages }));
  await expect(framing).rejects.toMatchObject({ code: 'invalid_result', message: expect.stringContaining('countTokens') });
});
