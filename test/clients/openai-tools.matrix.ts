// The `openai` package with tools, schemas and stored responses: what the hosted routes do with them.

import assert from 'node:assert/strict';
import OpenAI, { BadRequestError, NotFoundError } from 'openai';
import { zodFunction, zodResponseFormat, zodResponsesFunction, zodTextFormat } from 'openai/helpers/zod';
import { z } from 'zod';
import { all, apiKey, cell, chatModel, once, question, rejection, serverUrl } from './cell.ts';
import { city, type City, weatherQuestion } from './weather.ts';

const client = new OpenAI({ baseURL: `${serverUrl}/v1`, apiKey, maxRetries: 0 });
const ask = { role: 'user' as const, content: weatherQuestion };
const chat = { model: chatModel, messages: [ask], temperature: 0, max_completion_tokens: 64 };
const response = { model: chatModel, input: weatherQuestion, temperature: 0, max_output_tokens: 64 };
const weather = zodFunction({ name: 'get_weather', description: 'Tells the weather of a city.', parameters: city });
const forced = { type: 'function' as const, function: { name: 'get_weather' } };
const flat = zodResponsesFunction({ name: 'get_weather', description: 'Tells the weather of a city.', parameters: city });

const chatCall = once(() => client.chat.completions.create({ ...chat, tools: [weather], tool_choice: forced }));
const chatFormat = { ...chat, response_format: zodResponseFormat(city, 'place') };
const chatPlace = once(() => client.chat.completions.parse(chatFormat));
const callBody = { ...response, tools: [flat], tool_choice: { type: 'function' as const, name: 'get_weather' } };
const responseCall = once(() => client.responses.parse(callBody));
const formatBody = { ...response, text: { format: zodTextFormat(city, 'place') } };
const responsePlace = once(() => client.responses.parse(formatBody));

cell('openai', 'chat completions', 'tools', 'a forced call has arguments that fit its schema', async () => {
  const reply = await chatCall();
  const [choice] = reply.choices;
  assert.equal(choice?.finish_reason, 'tool_calls');
  assert.equal(choice.message.content, null);
  const [call] = choice.message.tool_calls ?? [];
  assert.ok(call?.type === 'function' && call.id !== '');
  assert.equal(call.function.name, 'get_weather');
  city.parse(JSON.parse(call.function.arguments));
});

cell('openai', 'chat completions', 'tools', 'the stream helper gathers the call of the plain reply', async () => {
  const plain = await chatCall();
  const gathered = await client.chat.completions.stream({ ...chat, tools: [weather], tool_choice: forced }).finalChatCompletion();
  const functions = ({ choices }: OpenAI.ChatCompletion) =>
    (choices[0]?.message.tool_calls ?? []).map((call) => (call.type === 'function' ? call.function.arguments : ''));
  assert.deepEqual(functions(gathered), functions(plain));
  assert.equal(gathered.choices[0]?.finish_reason, 'tool_calls');
});

cell('openai', 'chat completions', 'tools', 'tool_choice none answers in words, required with a call', async () => {
  const none = await client.chat.completions.create({ ...chat, tools: [weather], tool_choice: 'none' });
  assert.deepEqual(none.choices[0]?.message.tool_calls ?? [], []);
  assert.notEqual(none.choices[0]?.message.content, '');
  const required = await client.chat.completions.create({ ...chat, tools: [weather], tool_choice: 'required' });
  assert.equal(required.choices[0]?.message.tool_calls?.length, 1);
});

cell('openai', 'chat completions', 'tools', 'the tool runner calls the function and returns', async () => {
  const seen: City[] = [];
  const run = (args: City) => {
    seen.push(args);
    return 'sunny';
  };
  const tool = zodFunction({ name: 'get_weather', description: 'Tells the weather of a city.', parameters: city, function: run });
  const runner = client.chat.completions.runTools({ ...chat, tools: [tool], tool_choice: forced });
  await runner.done();
  // A named choice is a single call for the runner.
  assert.equal(seen.length, 1);
  city.parse(seen[0]);
});

cell('openai', 'chat completions', 'tools', 'the result of a call is accepted back', async () => {
  const first = await chatCall();
  const message = first.choices[0]?.message;
  assert.ok(message?.tool_calls?.[0] !== undefined);
  const result = { role: 'tool' as const, tool_call_id: message.tool_calls[0].id, content: 'sunny' };
  const second = await client.chat.completions.create({ ...chat, tools: [weather], tool_choice: 'none', messages: [ask, message, result] });
  assert.notEqual(second.choices[0]?.message.content?.trim() ?? '', '');
  // What may not be called is not told of, so that the question alone is the measure.
  const alone = await client.chat.completions.create({ ...chat, max_completion_tokens: 1 });
  assert.ok((second.usage?.prompt_tokens ?? 0) > (alone.usage?.prompt_tokens ?? 0));
});

cell('openai', 'chat completions', 'schema', 'parse returns an object of the schema', async () => {
  const reply = await chatPlace();
  city.parse(reply.choices[0]?.message.parsed);
  assert.equal(reply.choices[0]?.finish_reason, 'stop');
});

cell('openai', 'chat completions', 'schema', 'the stream helper parses what the plain reply says', async () => {
  const plain = await chatPlace();
  const gathered = await client.chat.completions.stream(chatFormat).finalChatCompletion();
  assert.deepEqual(gathered.choices[0]?.message.parsed, plain.choices[0]?.message.parsed);
});

cell('openai', 'chat completions', 'schema', 'json_object gives an object', async () => {
  const messages = [{ role: 'user' as const, content: 'Answer in JSON: which city is the capital of France?' }];
  const reply = await client.chat.completions.create({
    ...chat,
    messages,
    max_completion_tokens: 256,
    response_format: { type: 'json_object' },
  });
  assert.equal(reply.choices[0]?.finish_reason, 'stop');
  z.record(z.string(), z.unknown()).parse(JSON.parse(reply.choices[0]?.message.content ?? ''));
});

cell('openai', 'chat completions', 'schema', 'a schema that is none is a BadRequestError', async () => {
  const format = { type: 'json_schema' as const, json_schema: { name: 'place', strict: true, schema: { type: 'nothing' } } };
  const error = await rejection(client.chat.completions.create({ ...chat, response_format: format }), BadRequestError);
  assert.match(error.param ?? '', /^response_format/);
});

cell('openai', 'responses', 'tools', 'a forced call has arguments that fit its schema', async () => {
  const reply = await responseCall();
  const [call] = reply.output.filter((item) => item.type === 'function_call');
  assert.ok(call !== undefined && call.call_id !== '');
  assert.equal(call.status, 'completed');
  city.parse(call.parsed_arguments);
});

cell('openai', 'responses', 'tools', 'the stream helper gathers the call of the plain reply', async () => {
  const plain = await responseCall();
  const gathered = await client.responses.stream(callBody).finalResponse();
  const calls = ({ output }: { readonly output: readonly { readonly type: string }[] }) =>
    output.map((item) => ('arguments' in item ? item.arguments : item.type));
  assert.deepEqual(calls(gathered), calls(plain));
});

cell('openai', 'responses', 'tools', 'the output of a call is accepted back', async () => {
  const first = await client.responses.create({ ...response, tools: [flat], tool_choice: 'required' });
  const [call] = first.output.filter((item) => item.type === 'function_call');
  assert.ok(call !== undefined);
  const output = { type: 'function_call_output' as const, call_id: call.call_id, output: 'sunny' };
  const second = await client.responses.create({ ...response, tools: [flat], tool_choice: 'none', input: [ask, call, output] });
  assert.notEqual(second.output_text.trim(), '');
});

cell('openai', 'responses', 'schema', 'parse returns an object of the schema', async () => {
  const reply = await responsePlace();
  city.parse(reply.output_parsed);
});

cell('openai', 'responses', 'schema', 'the stream helper parses what the plain reply says', async () => {
  const plain = await responsePlace();
  assert.deepEqual((await client.responses.stream(formatBody).finalResponse()).output_parsed, plain.output_parsed);
});

cell('openai', 'responses', 'plain', 'a stored response is read, continued and deleted', async () => {
  const first = await client.responses.create({ ...response, input: question, store: true });
  assert.equal((await client.responses.retrieve(first.id)).output_text, first.output_text);
  const items = await all(await client.responses.inputItems.list(first.id));
  assert.equal(items.length, 1);
  const second = await client.responses.create({ ...response, input: 'And of Italy?', previous_response_id: first.id });
  assert.equal(second.previous_response_id, first.id);
  assert.ok((second.usage?.input_tokens ?? 0) > (first.usage?.input_tokens ?? 0) + (first.usage?.output_tokens ?? 0));
  await client.responses.delete(first.id);
  await rejection(client.responses.retrieve(first.id), NotFoundError);
});

cell('openai', 'responses', 'error', 'an unknown previous response is a BadRequestError with its code', async () => {
  const error = await rejection(client.responses.create({ ...response, previous_response_id: 'resp_none' }), BadRequestError);
  assert.deepEqual([error.status, error.param, error.code], [400, 'previous_response_id', 'previous_response_not_found']);
});
