// What schemas cannot say of a body: which members belong together. Makes a body that merely fits into one that is likely to be answered.

import type { MethodName } from '../../../src/contract/methods.ts';

// Bodies are changed in place: they were made for this alone, and their members are whatever fitted the schema.
// biome-ignore lint/suspicious/noExplicitAny: the schema of the route says what is there
type Body = any;

export interface Wanted {
  readonly method: MethodName;
  readonly schema: object;
  readonly model: string;
  /** Where the route can. */
  readonly streams: boolean;
}

/** The body with what contradicts itself put right, as far as that changes what it asks for little; for the model, and streamed or not. */
export function sensible({ method, schema, model, streams }: Wanted, fitting: unknown): unknown {
  const body: Body = structuredClone(fitting);
  const fields = Reflect.get(schema, 'properties') ?? {};
  if ('model' in fields) body.model = model;
  if ('stream' in fields) body.stream = streams;
  repairs[method]?.(body);
  return body;
}

const repairs: Readonly<Partial<Record<MethodName, (body: Body) => void>>> = {
  chatCompletions: (body) => {
    without(body, unservedOfText);
    without(body, ['modalities', 'audio', 'web_search_options', 'echo', 'best_of']);
    repairTurns(body.messages);
    if (body.top_logprobs !== undefined) body.logprobs = true;
    repairTools(body);
    repairText(body);
  },
  completions: (body) => {
    without(body, unservedOfText);
    without(body, ['modalities', 'top_logprobs', 'tools', 'tool_choice', 'functions', 'function_call']);
    if (body.max_tokens === 0) body.echo = true;
    if (body.best_of !== undefined) {
      body.best_of = Math.max(body.best_of, body.n ?? 1);
      if (body.best_of > 1) without(body, ['stream', 'stream_options']);
    }
    repairText(body);
  },
  embeddings: (body) => {
    body.input = Array.isArray(body.input) ? body.input.map((one: unknown) => (one === '' ? 'x' : one)) : body.input || 'x';
    if (body.dimensions !== undefined) body.dimensions = Math.min(body.dimensions, 8);
  },
  responses: repairResponse,
  inputTokens: repairResponse,
  messages: repairMessages,
  countTokens: repairMessages,
};

/** Extensions of other servers, with which no model here is served. */
const unservedOfText = ['mirostat', 'typical_p', 'grammar', 'chat_template_kwargs', 'suffix'];

function without(body: Body, keys: readonly string[]): void {
  for (const key of keys) delete body[key];
}

/** What chat and completions share. */
function repairText(body: Body): void {
  if (body.stream !== true) delete body.stream_options;
  if (body.n !== undefined) body.n = Math.min(body.n, 8);
  if (body.best_of !== undefined) body.best_of = Math.min(body.best_of, 8);
  onlyTokenIds(body);
  const formats = ['response_format', 'guided_json', 'guided_grammar', 'guided_regex', 'guided_choice'];
  without(body, formats.filter((key) => body[key] !== undefined).slice(1));
  if (typeof body.guided_json === 'string') body.guided_json = '{}';
}

function onlyTokenIds({ logit_bias: bias }: Body): void {
  for (const key of Object.keys(bias ?? {})) if (!/^(?:0|[1-9][0-9]*)$/.test(key)) delete bias[key];
}

function repairTurns(messages: readonly Body[]): void {
  const open: unknown[] = [];
  for (const [index, message] of messages.entries()) {
    if (message.role === 'function') message.role = 'tool';
    if (message.role === 'tool') {
      if (open.length === 0) message.role = 'user';
      else message.tool_call_id = taken(open, message.tool_call_id);
    }
    if (index === messages.length - 1) without(message, ['tool_calls', 'function_call']);
    for (const call of [...(message.tool_calls ?? []).map((one: Body) => one.function), message.function_call ?? {}]) call.arguments = '{}';
    if (message.role === 'assistant') open.push(...(message.tool_calls ?? []).map((one: Body) => one.id));
    if (message.role !== 'assistant' || (message.tool_calls ?? []).length === 0) message.content ??= 'x';
    delete message.audio;
    repairParts(message.content, 'text');
  }
}

/** The wanted id, or the first, of the calls that have no result; it then has one. */
function taken(open: unknown[], wanted: unknown): unknown {
  return open.splice(Math.max(0, open.indexOf(wanted)), 1)[0];
}

function repairParts(content: Body, type: string): void {
  if (!Array.isArray(content)) return;
  for (const part of content) {
    part.type = type;
    part.text ??= 'x';
    delete part.image_url;
  }
}

function repairTools(body: Body): void {
  for (const tool of body.tools ?? []) {
    tool.type = 'function';
    tool.function ??= { name: 'f' };
  }
  if ((body.tools ?? []).length > 0) without(body, ['functions', 'function_call']);
  const names = [...(body.tools ?? []).map((tool: Body) => tool.function.name), ...(body.functions ?? []).map((one: Body) => one.name)];
  const { tool_choice: choice } = body;
  if (names[0] === undefined) without(body, ['tool_choice', 'function_call']);
  else if ((body.functions ?? []).length > 0) {
    delete body.tool_choice;
    if (typeof body.function_call === 'object') body.function_call.name = names[0];
  } else if (typeof choice === 'object') {
    const chosen = choice.type === 'function' ? [choice] : choice.allowed_tools.tools;
    for (const tool of chosen) tool.function.name = names[0];
  }
}

function repairResponse(body: Body): void {
  without(body, unservedOfText);
  without(body, ['conversation', 'prompt', 'previous_response_id', 'n', 'logit_bias']);
  without(body, ['guided_json', 'guided_regex', 'guided_grammar', 'guided_choice', 'min_tokens', 'ignore_eos']);
  if (typeof body.background !== 'boolean') delete body.background;
  if (body.include !== undefined) body.include = ['message.output_text.logprobs'];
  if (body.truncation !== undefined) body.truncation = 'auto';
  if (body.tools !== undefined) body.tools = [{ type: 'function', name: 'f', parameters: {}, strict: true }];
  if (body.tool_choice !== undefined) body.tool_choice = body.tools === undefined ? 'auto' : { type: 'function', name: 'f' };
  if (body.text?.format !== undefined) body.text.format = { type: 'json_schema', name: 'x', schema: {} };
  onlyTokenIds(body);
  if (typeof body.input === 'string') return;
  const called: unknown[] = [];
  for (const [index, item] of body.input.entries()) {
    const type = itemTypes[index % itemTypes.length];
    // A call at the end would have no result.
    item.type = type === 'function_call' && index === body.input.length - 1 ? 'message' : type;
    repairItem(item, called);
  }
}

const itemTypes = ['message', undefined, 'function_call', 'function_call_output', 'reasoning'] as const;

function repairItem(item: Body, called: unknown[]): void {
  switch (item.type) {
    case 'function_call':
      item.name ??= 'f';
      item.arguments = '{}';
      item.call_id ??= 'call_1';
      called.push(item.call_id);
      break;
    case 'function_call_output':
      if (!called.includes(item.call_id)) item.call_id = called[0];
      item.output ??= 'x';
      repairParts(item.output, 'input_text');
      break;
    default:
      if (item.type === undefined) delete item.type;
      item.role ??= 'user';
      item.content ??= 'x';
      repairParts(item.content, item.role === 'assistant' ? 'output_text' : 'input_text');
  }
}

// Calls and results first, since most lists are short.
const blockTypes = ['tool_result', 'tool_use', 'text', 'image', 'document', 'thinking'] as const;

function repairMessages(body: Body): void {
  without(body, ['container', ...unservedOfText]);
  repairParts(body.system, 'text');
  // Calls after the last of these would have no result.
  const lastOther = body.messages.findLastIndex(({ role }: Body) => role !== 'assistant');
  let open: unknown[] = [];
  let last = '';
  for (const [place, { role, content }] of body.messages.entries()) {
    if (role === 'assistant' && last === 'user') open = [];
    if (role !== 'system') last = role;
    if (!Array.isArray(content)) continue;
    for (const [index, block] of content.entries()) {
      const type = blockTypes[index % blockTypes.length];
      const isCall = role === 'assistant' && place < lastOther;
      const isOdd = (type === 'tool_use' && !isCall) || (type === 'tool_result' && (role !== 'user' || open.length === 0));
      block.type = role === 'system' || isOdd ? 'text' : type;
      repairBlock(block, open);
    }
  }
  for (const tool of body.tools ?? []) {
    delete tool.type;
    tool.name ??= 'f';
  }
  const name: unknown = body.tools?.[0]?.name;
  if (body.tool_choice === undefined) return;
  if (name === undefined) delete body.tool_choice;
  else body.tool_choice.name = name;
}

function repairBlock(block: Body, open: unknown[]): void {
  block.text ??= 'x';
  block.id ??= 'toolu_1';
  block.name ??= 'f';
  if (block.type === 'tool_use') open.push(block.id);
  if (block.type === 'tool_result') block.tool_use_id = taken(open, block.tool_use_id);
  block.source = { type: 'base64', media_type: 'image/png', data: 'AAAA' };
  repairParts(block.content, 'text');
}
