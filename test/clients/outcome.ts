// What clients make of a reply: each asks the same question at an address and tells text, finish and usage in one form.

import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenResponses } from '@ai-sdk/open-responses';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import Anthropic from '@anthropic-ai/sdk';
import { ChatAnthropic } from '@langchain/anthropic';
import type { AIMessageChunk } from '@langchain/core/messages';
import { ChatOpenAI } from '@langchain/openai';
import { generateText, type LanguageModel, streamText } from 'ai';
import OpenAI from 'openai';
import { all, apiKey, chatModel as model, question } from './cell.ts';

globalThis.AI_SDK_LOG_WARNINGS = false;

export interface Outcome {
  readonly text: string;
  readonly finish: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Arguments of the tool calls, as JSON; `invalid` and `untyped` for those that the client takes for no call. */
  readonly calls: string;
}

/** Asks at the address. Rejects as the client does. */
export type Ask = (url: string) => Promise<Outcome>;

const limit = 24;
const once = { temperature: 0, maxOutputTokens: limit, maxRetries: 0, prompt: question };
const none = Number.NaN;
const chat = { model, messages: [{ role: 'user' as const, content: question }], temperature: 0, max_completion_tokens: limit };
const message = { model, messages: [{ role: 'user' as const, content: question }], temperature: 0, max_tokens: limit };
const response = { model, input: question, temperature: 0, max_output_tokens: limit };

function openai(url: string): OpenAI {
  return new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });
}

function fromChat({ choices, usage }: OpenAI.ChatCompletion): Outcome {
  const calls = choices[0]?.message.tool_calls?.map((call) => (call.type === 'function' ? call.function.arguments : 'untyped')) ?? [];
  return {
    text: choices[0]?.message.content ?? '',
    finish: choices[0]?.finish_reason ?? '',
    inputTokens: usage?.prompt_tokens ?? none,
    outputTokens: usage?.completion_tokens ?? none,
    calls: calls.join(),
  };
}

export const openaiChat: Ask = async (url) => fromChat(await openai(url).chat.completions.create(chat));

export const openaiChatHelper: Ask = async (url) => {
  const stream = openai(url).chat.completions.stream({ ...chat, stream_options: { include_usage: true } });
  return fromChat(await stream.finalChatCompletion());
};

function fromResponse({ output_text, status, usage, output }: OpenAI.Responses.Response): Outcome {
  return {
    text: output_text,
    finish: status ?? '',
    inputTokens: usage?.input_tokens ?? none,
    outputTokens: usage?.output_tokens ?? none,
    calls: output.map((item) => (item.type === 'function_call' ? item.arguments : '')).join(''),
  };
}

export const openaiResponse: Ask = async (url) => fromResponse(await openai(url).responses.create(response));

export const openaiResponseHelper: Ask = async (url) => fromResponse(await openai(url).responses.stream(response).finalResponse());

/** The deltas alone, as a loop over events sees them. */
export const openaiResponseEvents: Ask = async (url) => {
  const events = await all(await openai(url).responses.create({ ...response, stream: true }));
  const text = events.map((event) => (event.type === 'response.output_text.delta' ? event.delta : '')).join('');
  return { text, finish: events.at(-1)?.type ?? '', inputTokens: none, outputTokens: none, calls: '' };
};

function fromMessage({ content, stop_reason, usage }: Anthropic.Message): Outcome {
  return {
    text: content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    finish: stop_reason ?? '',
    inputTokens: usage.input_tokens,
    outputTokens: usage.output_tokens,
    calls: '',
  };
}

export const anthropicHelper: Ask = async (url) =>
  fromMessage(await new Anthropic({ baseURL: url, apiKey, maxRetries: 0 }).messages.stream(message).finalMessage());

export const anthropicEvents: Ask = async (url) => {
  const client = new Anthropic({ baseURL: url, apiKey, maxRetries: 0 });
  const events = await all(await client.messages.create({ ...message, stream: true }));
  const deltas = events.map((event) => (event.type === 'content_block_delta' && event.delta.type === 'text_delta' ? event.delta.text : ''));
  return { text: deltas.join(''), finish: events.at(-1)?.type ?? '', inputTokens: none, outputTokens: none, calls: '' };
};

function plainOf(open: (url: string) => LanguageModel): Ask {
  return async (url) => {
    const { text, finishReason, usage, toolCalls } = await generateText({ ...once, model: open(url) });
    const calls = toolCalls.map((call) => JSON.stringify(call.input)).join();
    return { text, finish: finishReason, inputTokens: usage.inputTokens ?? none, outputTokens: usage.outputTokens ?? none, calls };
  };
}

function streamOf(open: (url: string) => LanguageModel): Ask {
  return async (url) => {
    const failures: unknown[] = [];
    const stream = streamText({ ...once, model: open(url), onError: ({ error }) => void failures.push(error) });
    let text = '';
    for await (const part of stream.textStream) text += part;
    if (failures.length > 0) throw failures[0];
    const [usage, toolCalls] = [await stream.usage, await stream.toolCalls];
    const calls = toolCalls.map((call) => JSON.stringify(call.input)).join();
    const finish = await stream.finishReason;
    return { text, finish, inputTokens: usage.inputTokens ?? none, outputTokens: usage.outputTokens ?? none, calls };
  };
}

const compatible = (url: string) =>
  createOpenAICompatible({ name: 'heddle', baseURL: `${url}/v1`, apiKey, includeUsage: true }).chatModel(model);
const aiOpenai = (url: string) => createOpenAI({ baseURL: `${url}/v1`, apiKey }).chat(model);
const aiResponses = (url: string) => createOpenAI({ baseURL: `${url}/v1`, apiKey }).responses(model);
const openResponses = (url: string) => createOpenResponses({ name: 'heddle', url: `${url}/v1/responses`, apiKey })(model);
const aiAnthropic = (url: string) => createAnthropic({ baseURL: `${url}/v1`, apiKey })(model);

export const aiCompatibleChat = plainOf(compatible);
export const aiCompatibleStream = streamOf(compatible);
export const aiOpenaiChat = plainOf(aiOpenai);
export const aiOpenaiStream = streamOf(aiOpenai);
export const aiOpenaiResponse = plainOf(aiResponses);
export const aiOpenaiResponseStream = streamOf(aiResponses);
export const aiOpenResponsesStream = streamOf(openResponses);
export const aiAnthropicStream = streamOf(aiAnthropic);

interface LangChainModel {
  invoke(text: string): Promise<AIMessageChunk>;
  stream(text: string): Promise<AsyncIterable<AIMessageChunk>>;
}

function fromLangChain(chunk: AIMessageChunk): Outcome {
  const usage = chunk.usage_metadata;
  const { finish_reason, stop_reason, status } = chunk.response_metadata;
  const finish = String(finish_reason ?? stop_reason ?? chunk.additional_kwargs['stop_reason'] ?? status ?? '');
  const calls = [
    ...(chunk.tool_calls ?? []).map((call) => JSON.stringify(call.args)),
    ...(chunk.invalid_tool_calls ?? []).map(() => 'invalid'),
  ];
  return {
    text: chunk.text,
    finish,
    inputTokens: usage?.input_tokens ?? none,
    outputTokens: usage?.output_tokens ?? none,
    calls: calls.join(),
  };
}

function langChain(open: (url: string) => LangChainModel): { readonly plain: Ask; readonly stream: Ask } {
  return {
    plain: async (url) => fromLangChain(await open(url).invoke(question)),
    stream: async (url) => fromLangChain((await all(await open(url).stream(question))).reduce((sum, chunk) => sum.concat(chunk))),
  };
}

const lc = { model, temperature: 0, maxTokens: limit, apiKey, maxRetries: 0 };
export const langChainChat = langChain((url) => new ChatOpenAI({ ...lc, configuration: { baseURL: `${url}/v1` } }));
export const langChainResponses = langChain(
  (url) => new ChatOpenAI({ ...lc, configuration: { baseURL: `${url}/v1` }, useResponsesApi: true }),
);
export const langChainMessages = langChain((url) => new ChatAnthropic({ ...lc, anthropicApiUrl: url }));
