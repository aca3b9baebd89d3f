// The fields that each route knows and that not every model honours, as data.

import type { MethodName } from '../../contract/methods.ts';
import {
  absent,
  emptyList,
  has,
  is,
  kind,
  lengths,
  ofType,
  type Passing,
  parameter,
  type Rule,
  unserved,
  upTo,
  value,
  withLogprobs,
} from './rule.ts';
import {
  aroundPrompt,
  formats,
  localExtensions,
  logprobs,
  noTool,
  output,
  sampling,
  tools,
  topK,
  topLogprobs,
  truncation,
} from './shared-rules.ts';

const insteadOf = (field: string): Passing => ({ ...absent, allowed: `absent, since ${field} is the limit of this route` });
const noLogprobs: Passing = {
  allowed: 'a list without "message.output_text.logprobs", or absent',
  passes: (list) => Array.isArray(list) && !list.includes('message.output_text.logprobs'),
};
const noToolTurn: Passing = {
  allowed: 'another than "tool" and "function"',
  passes: (role) => role !== 'tool' && role !== 'function',
};
const onePrompt: Passing = {
  allowed: 'one prompt',
  // A list of numbers is one prompt, too.
  passes: (prompt) => !Array.isArray(prompt) || prompt.length < 2 || typeof prompt[0] === 'number',
};

const chatTurns = [
  value('messages[].role', noToolTurn, has('tools')),
  parameter('messages[].tool_calls', emptyList, has('tools')),
  parameter('messages[].function_call', absent, has('tools')),
  parameter('messages[].audio'),
  kind('messages[].content', ['image_url'], has('images')),
  kind('messages[].content', ['input_audio', 'audio_url'], has('audio')),
  kind('messages[].content', ['file'], has('files')),
  kind('messages[].content', ['video_url']),
];
const responseItems = [
  kind('input', ['function_call', 'function_call_output'], has('tools')),
  kind('input[].content', ['input_image'], has('images')),
  kind('input[].content', ['input_audio'], has('audio')),
  kind('input[].content', ['input_file'], has('files')),
];
const blocksAt = (list: string): readonly Rule[] => [
  kind(list, ['tool_use', 'tool_result'], has('tools')),
  kind(list, ['image'], has('images')),
  kind(list, ['document'], has('files')),
  kind(list, ['search_result', 'server_tool_use', 'container_upload']),
];

export const routeRules: Readonly<Partial<Record<MethodName, readonly Rule[]>>> = {
  embeddings: [
    parameter('dimensions', absent, lengths),
    value('normalize', is(true)),
    parameter('truncate_prompt_tokens'),
    parameter('prompt_name'),
  ],
  chatCompletions: [
    ...tools,
    ...chatTurns,
    ...output,
    logprobs,
    topLogprobs,
    topK,
    ...sampling,
    ...unserved(aroundPrompt),
    truncation,
    parameter('audio'),
    parameter('web_search_options'),
    ...localExtensions,
  ],
  completions: [
    value('prompt', onePrompt, has('severalPrompts')),
    ...unserved(tools),
    ...output,
    // A number on this route: how many alternatives are told of each token.
    parameter('logprobs', is(false), upTo('topLogprobs', 0)),
    ...unserved([topLogprobs]),
    topK,
    ...sampling,
    ...aroundPrompt,
    ...localExtensions,
  ],
  responses: [
    parameter('tools', emptyList, has('tools')),
    parameter('tool_choice', noTool, has('tools')),
    ...responseItems,
    ...unserved([...output, logprobs]),
    topLogprobs,
    topK,
    ...sampling,
    parameter('conversation'),
    parameter('prompt'),
    parameter('stop', emptyList),
    parameter('max_tokens', insteadOf('max_output_tokens')),
    parameter('max_completion_tokens', insteadOf('max_output_tokens')),
    truncation,
    value('text.format', ofType('text'), has('structuredOutputs', formats)),
    value('include', noLogprobs, withLogprobs),
    ...unserved(localExtensions),
  ],
  messages: [
    parameter('tools', emptyList, has('tools')),
    parameter('tool_choice', ofType('none', 'auto'), has('tools')),
    ...blocksAt('messages[].content'),
    ...blocksAt('messages[].content[].content'),
    ...blocksAt('system'),
    ...unserved([...output, logprobs, topLogprobs]),
    topK,
    parameter('seed'),
    ...unserved(sampling),
    parameter('stop', { ...emptyList, allowed: `${emptyList.allowed}, since stop_sequences has the stops of this route` }),
    parameter('mcp_servers', emptyList),
    parameter('output_format'),
    parameter('output_config.format', absent, has('structuredOutputs', ofType('json_schema'))),
    parameter('container.skills', emptyList),
    parameter('thread'),
    ...unserved(localExtensions),
  ],
};
