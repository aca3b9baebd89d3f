import { expect, test } from 'vitest';
import type { GenerationEvent, TokenLogprob } from '../../../../src/contract/generation.ts';
import { responsesDialect } from '../../../../src/dialects/openai/responses.ts';
import { compileSchema } from '../../../../src/dialects/compile-schema.ts';
import { eventsOf } from '../../../support/events-of.ts';
import { contextFor, jsonOf, refusal, textOf } from '../framing.ts';

type Json = Record<string, unknown>;

function logprob(token: string, offset: number): TokenLogprob {
  const bytes = [...Buffer.from(token)];
  return { id: 1, token, bytes, logprob: -0.5, offset, top: [{ id: 1, token, bytes, logprob: -0.5 }] };
}

function* told(...events: GenerationEvent[]): Generator<GenerationEvent> {
  yield { type: 'usage', promptTokens: 3, completionTokens: 0 };
  yield* events;
  yield { type: 'usage', promptTokens: 3, completionTokens: 2 };
}

const stop = { type: 'finish', reason: 'stop' } as const;
const calls = [
  { type: 'toolCall', call: 0, id: 'call_a', name: 'add', arguments: '{"a"' },
  { type: 'toolCall', call: 0, arguments: ':1}' },
  { type: 'toolCall', call: 1, id: 'call_b', name: 'now', arguments: '{}' },
] as const;
const finishCalls = { type: 'finish', reason: 'toolCalls' } as const;

async function whole(body: Json, ...events: GenerationEvent[]): Promise<Json> {
  return jsonOf(await responsesDialect.frame(told(...events), contextFor('responses', { input: 'a', ...body })));
}

async function streamed(body: Json, ...events: GenerationEvent[]): Promise<readonly Json[]> {
  const framed = await responsesDialect.frame(told(...events), contextFor('responses', { input: 'a', stream: true, ...body }));
  const frames = eventsOf(await textOf(framed));
  return frames.filter(({ data }) => data !== '[DONE]').map(({ data }) => JSON.parse(data));
}

// biome-ignore lint/suspicious/noExplicitAny: rebuilt from events whose shape the comparison asserts
type Loose = any;

/** Rebuilds the output from everything but the final object, as a client does. */
function folded(events: readonly Json[]): readonly Json[] {
  const output: Loose[] = [];
  for (const event of events as readonly Loose[]) {
    const item = output[event.output_index];
    switch (event.type) {
      case 'response.output_item.added':
        expect(event.output_index).toBe(output.length);
        output.push(structuredClone(event.item));
        break;
      case 'response.content_part.added':
        item.content.push(structuredClone(event.part));
        break;
      case 'response.output_text.delta':
        item.content[0].text += event.delta;
        item.content[0].logprobs.push(...event.logprobs);
        break;
      case 'response.output_text.done':
        expect(item.content[0]).toMatchObject({ text: event.text, logprobs: event.logprobs });
        break;
      case 'response.function_call_arguments.delta':
        item.arguments += event.delta;
        break;
      case 'response.function_call_arguments.done':
        expect(item).toMatchObject({ name: event.name, arguments: event.arguments, id: event.item_id });
        break;
      case 'response.output_item.done':
        item.status = event.item.status;
        expect(item).toEqual(event.item);
        break;
    }
  }
  return output;
}

/** What two runs of one generation differ in. */
function comparable(reply: Loose): unknown {
  const output = reply.output.map((item: Json) => ({ ...item, id: String(item['id']).split('_')[0] }));
  return { ...reply, id: 'resp', completed_at: reply.completed_at === null ? null : 1, output };
}

const cases: readonly (readonly [string, Json, readonly GenerationEvent[]])[] = [
  ['text', {}, [{ type: 'text', text: 'Hel' }, { type: 'text', text: 'lo' }, stop]],
  [
    'text cut off',
    {},
    [
      { type: 'text', text: 'Hel' },
      { type: 'finish', reason: 'length' },
    ],
  ],
  ['nothing', {}, [stop]],
  ['calls', {}, [...calls, finishCalls]],
  ['text, calls and text', {}, [{ type: 'text', text: 'a' }, ...calls, { type: 'text', text: 'b' }, finishCalls]],
  ['a call cut off', {}, [calls[0], { type: 'finish', reason: 'length' }]],
  [
    'log probabilities, some held back to the end',
    { include: ['message.output_text.logprobs'] },
    [
      { type: 'text', text: '', logprobs: [logprob('H', 0)] },
      { type: 'text', text: 'Hi', logprobs: [logprob('i', 1)] },
      { type: 'text', text: '', logprobs: [logprob('<end>', 2)] },
      stop,
    ],
  ],
];

test.each(cases)('a stream of %s folds to the reply in one piece', async (_, body, events) => {
  const sent = await streamed(body, ...events);
  const final = sent.at(-1)?.['response'] as Json; // compared whole below
  expect(folded(sent)).toEqual(final['output']);
  const reply = await whole(body, ...events);
  expect(comparable(final)).toEqual(comparable(reply));
  expect(compileSchema(responsesDialect.outputSchema).Check(reply)).toBe(true);
  expect(sent.map((event) => event['sequence_number'])).toEqual(sent.map((_event, index) => index));
});

test('calls are items of their own, and there is no message without text', async () => {
  const reply = await whole({}, ...calls, finishCalls);
  expect(reply).toMatchObject({ status: 'completed', incomplete_details: null });
  expect(reply['output']).toEqual([
    { id: expect.stringMatching(/^fc_/), type: 'function_call', call_id: 'call_a', name: 'add', arguments: '{"a":1}', status: 'completed' },
    { id: expect.stringMatching(/^fc_/), type: 'function_call', call_id: 'call_b', name: 'now', arguments: '{}', status: 'completed' },
  ]);
});

test('the item that the limit cut is incomplete, those before it are not', async () => {
  const reply = await whole({}, { type: 'text', text: 'a' }, calls[0], { type: 'finish', reason: 'length' });
  expect(reply).toMatchObject({ status: 'incomplete', output: [{ status: 'completed' }, { status: 'incomplete', arguments: '{"a"' }] });
});

test('log probabilities are told only where they are asked for', async () => {
  const text = { type: 'text', text: 'H', logprobs: [logprob('H', 0)] } as const;
  expect(await whole({}, text, stop)).toMatchObject({ output: [{ content: [{ logprobs: [] }] }] });
  const asked = await whole({ include: ['message.output_text.logprobs'] }, text, stop);
  const entry = { token: 'H', bytes: [72], logprob: -0.5 };
  expect(asked).toMatchObject({ output: [{ content: [{ logprobs: [{ ...entry, top_logprobs: [entry] }] }] }] });
});

test('a piece of a call that another one followed fails the reply', async () => {
  const late = { type: 'toolCall', call: 0, arguments: ' ' } as const;
  await expect(whole({}, ...calls, late, finishCalls)).rejects.toMatchObject({ code: 'invalid_result' });
});

test('the echo of tools and formats has every key', async () => {
  const body = {
    tools: [{ type: 'function', name: 'add' }],
    text: { format: { type: 'json_schema', name: 'n', schema: {} }, verbosity: 'low' },
    tool_choice: 'required',
    reasoning: { effort: 'low' },
    truncation: 'auto',
    top_logprobs: 2,
    previous_response_id: 'resp_1',
    store: false,
    user: 'u',
  };
  expect(await whole(body, stop)).toMatchObject({
    tools: [{ type: 'function', name: 'add', description: null, parameters: null, strict: true }],
    text: { format: { type: 'json_schema', name: 'n', description: null, schema: {}, strict: false }, verbosity: 'low' },
    tool_choice: 'required',
    reasoning: { effort: 'low', summary: null },
    truncation: 'auto',
    top_logprobs: 2,
    previous_response_id: 'resp_1',
    store: false,
    user: 'u',
  });
  expect(await whole({}, stop)).not.toHaveProperty('user');
});

test('tools of another type, which may not be called, are no part of the response', async () => {
  const tools = [{ type: 'web_search' }, { type: 'function', name: 'add' }];
  expect(await whole({ tools, tool_choice: 'none' }, stop)).toMatchObject({
    tools: [{ type: 'function', name: 'add' }],
    tool_choice: 'none',
  });
});

test('hints of another form than clients know are not told', async () => {
  const body = { max_tool_calls: [], reasoning: { effort: 3, summary: {} }, text: { verbosity: 1 } };
  const told = await whole(body, stop);
  expect(told).toMatchObject({ max_tool_calls: null, reasoning: { effort: null, summary: null }, text: { format: { type: 'text' } } });
  expect(told).not.toHaveProperty('text.verbosity');
});

test('an item of an unknown type is refused by its index, with the types that there are', () => {
  const input = [{ role: 'user', content: 'a' }, { type: 'foo' }];
  expect(refusal(() => responsesDialect.check({ input }))).toMatchObject({
    code: 'invalid_value',
    param: 'input[1].type',
    message:
      'expected input[1].type to be one of ["message","function_call","function_call_output","reasoning","item_reference"], got "foo"',
  });
});

test.each([
  ['x', 'invalid_type', 'include'],
  [['foo'], 'invalid_value', 'include[0]'],
  [[1], 'invalid_type', 'include[0]'],
])('an include of %j is refused', (include, code, param) => {
  expect(refusal(() => responsesDialect.check({ input: 'a', include }))).toMatchObject({ code, param });
});

test.each([
  [{ type: 'json_schema', json_schema: { name: 'p', schema: {} } }, 'text.format.name', 'beside the type and not in json_schema'],
  [{ type: 'json_schema', name: 'p', json_schema: { schema: {} } }, 'text.format.schema', 'beside the type and not in json_schema'],
  [{ type: 'json_schema', name: 'p' }, 'text.format.schema', 'expected text.format.schema, got nothing'],
  [{ type: 'json_schema', schema: {} }, 'text.format.name', 'expected text.format.name, got nothing'],
])('the format %j is refused, since a schema would be lost', (format, param, message) => {
  const error = refusal(() => responsesDialect.check({ input: 'a', text: { format } }));
  expect(error).toMatchObject({ code: 'missing_required_parameter', param, message: expect.stringContaining(message) });
});
