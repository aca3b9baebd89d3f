// The fields that each route knows and that not every model honours, as data.

import type { MethodName } from '../../contract/methods.ts';
import { describeWord } from '../check.ts';
import { foreign, imageInText, imagesOfTurns, lastTurn, schemaBeside } from './foreign-rules.ts';
import {
  absent,
  elsewhere,
  emptyList,
  has,
  insteadOf,
  is,
  kinds,
  lengths,
  ofType,
  type Passing,
  parameter,
  type Rule,
  toolType,
  unless,
  unserved,
  upTo,
  value,
  withLogprobs,
} from './rule.ts';
import {
  aroundPrompt,
  customTool,
  foreignFormats,
  formats,
  functions,
  functionTool,
  guided,
  localExtensions,
  logprobs,
  neverCalled,
  output,
  responseFormat,
  sampling,
  tools,
  topK,
  topLogprobs,
  truncation,
  unguided,
} from './shared-rules.ts';

const nothingSaid = is('');
const noLogprobs: Passing = {
  allowed: 'a list without "message.output_text.logprobs", or absent',
  passes: (list) => Array.isArray(list) && !list.includes('message.output_text.logprobs'),
};
const noToolTurn: Passing = {
  allowed: 'another than "tool" and "function"',
  passes: (role) => role !== 'tool' && role !== 'function',
  came: describeWord,
};
const floatsOnly: Passing = {
  allowed: 'a list of only "float", or absent',
  passes: (list) => Array.isArray(list) && list.every((item) => item === 'float'),
};
const onePrompt: Passing = {
  allowed: 'one prompt',
  // A list of numbers is one prompt, too.
  passes: (prompt) => !Array.isArray(prompt) || prompt.length < 2 || typeof prompt[0] === 'number',
};

const functionTypes = unless(toolType(functionTool), 'tool_choice', neverCalled);
const blocksNeverCalled = ofType('none');

// What the other APIs and other local servers have for `response_format` and `guided_…`.
const formatsOfOthers = [
  parameter('output_config.format', insteadOf('response_format')),
  value('text.format', insteadOf('response_format', ofType('text'))),
  ...foreignFormats('response_format', 'response_format and guided_json, guided_regex, guided_grammar and guided_choice', insteadOf),
];
// Of `response_format`, whose own schema is in `json_schema` and counts under that type alone.
const schemasBeside = [
  schemaBeside('response_format.schema', 'response_format'),
  unless(schemaBeside('response_format.json_schema', 'response_format'), 'response_format.type', is('json_schema', 'text')),
];
const ofBoth = { stops: 'stop', penalty: 'repetition_penalty', bias: 'logit_bias' };
const usageStats = value('stream_options.continuous_usage_stats', is(false));
const chatTurns = [
  value('messages[].role', noToolTurn, has('tools')),
  parameter('messages[].tool_calls', emptyList, has('tools')),
  parameter('messages[].function_call', absent, has('tools')),
  parameter('messages[].audio'),
  ...kinds(
    'messages[].content',
    ['text', 'input_text', 'refusal'],
    { types: ['image_url'], by: 'images' },
    { types: ['input_audio', 'audio_url'], by: 'audio' },
    { types: ['file'], by: 'files' },
    { types: ['video_url'] },
  ),
  imageInText('messages[].content', 'image_url'),
  imagesOfTurns('messages', 'parts of type "image_url"'),
];
const partsAt = (list: string): readonly Rule[] => [
  ...kinds(
    list,
    ['input_text', 'output_text', 'text', 'refusal'],
    { types: ['input_image'], by: 'images' },
    { types: ['input_audio'], by: 'audio' },
    { types: ['input_file'], by: 'files' },
  ),
  imageInText(list, 'input_image'),
];
const responseItems = [
  ...kinds('input', ['message', 'reasoning', 'item_reference'], { types: ['function_call', 'function_call_output'], by: 'tools' }),
  ...partsAt('input[].content'),
  ...partsAt('input[].output'),
  imagesOfTurns('input', 'parts of type "input_image"'),
];
/** Blocks that no model takes: of searches, and of tools that a server would run itself. */
export const unservedBlocks = [
  ...['search_result', 'server_tool_use', 'container_upload', 'mcp_tool_use', 'mcp_tool_result', 'web_search_tool_result'],
  ...['web_fetch_tool_result', 'code_execution_tool_result', 'bash_code_execution_tool_result'],
  ...['text_editor_code_execution_tool_result', 'tool_search_tool_result'],
];
const blocksAt = (list: string): readonly Rule[] =>
  kinds(
    list,
    ['text', 'thinking', 'redacted_thinking'],
    { types: ['tool_use', 'tool_result'], by: 'tools' },
    { types: ['image'], by: 'images' },
    { types: ['document'], by: 'files' },
    { types: unservedBlocks },
  );

export const routeRules: Readonly<Partial<Record<MethodName, readonly Rule[]>>> = {
  embeddings: [
    parameter('dimensions', absent, lengths),
    parameter('output_dimension', insteadOf('dimensions')),
    value('normalize', is(true)),
    // The Euclidean norm, which is how `normalize` is meant, too.
    value('embd_normalize', is(2)),
    parameter('truncate_prompt_tokens', insteadOf('truncate')),
    parameter('max_length', insteadOf('truncate')),
    value('add_special_tokens', is(true)),
    parameter('prompt_name'),
    parameter('prompt', insteadOf('input', nothingSaid)),
    parameter('task', nothingSaid),
    value('late_chunking', is(false)),
    parameter('embedding_types', insteadOf('encoding_format', floatsOnly)),
    value('output_dtype', is('float')),
  ],
  chatCompletions: [
    ...tools,
    functionTypes,
    ...functions,
    ...chatTurns,
    ...output,
    responseFormat,
    ...schemasBeside,
    logprobs,
    topLogprobs,
    topK,
    ...sampling,
    ...unserved(aroundPrompt),
    truncation,
    parameter('audio'),
    parameter('web_search_options'),
    parameter('stop_sequences', insteadOf('stop', emptyList)),
    parameter('max_output_tokens', insteadOf('max_completion_tokens')),
    parameter('system', insteadOf('messages of role system', nothingSaid)),
    parameter('instructions', insteadOf('messages of role system', nothingSaid)),
    ...localExtensions,
    ...guided,
    ...formatsOfOthers,
    ...foreign({
      ...ofBoth,
      limit: 'max_completion_tokens',
      logprobs: 'top_logprobs',
      truncation: 'truncation',
      images: 'parts of type "image_url"',
    }),
    ...lastTurn,
    value('raw', { ...is(false), allowed: 'false or absent, since /v1/completions takes raw prompts' }),
    usageStats,
  ],
  completions: [
    value('prompt', onePrompt, has('severalPrompts')),
    ...unserved([...tools, ...functions]),
    ...output,
    responseFormat,
    ...schemasBeside,
    // A number on this route: how many alternatives are told of each token.
    parameter('logprobs', is(false), upTo('topLogprobs', 0)),
    ...unserved([topLogprobs]),
    topK,
    ...sampling,
    ...aroundPrompt,
    parameter('stop_sequences', insteadOf('stop', emptyList)),
    parameter('max_completion_tokens', insteadOf('max_tokens')),
    parameter('max_output_tokens', insteadOf('max_tokens')),
    parameter('system', nothingSaid),
    parameter('instructions', nothingSaid),
    ...localExtensions,
    ...guided,
    ...formatsOfOthers,
    ...foreign({ ...ofBoth, limit: 'max_tokens', logprobs: 'logprobs', promptLogprobs: 'logprobs beside echo' }),
    usageStats,
  ],
  responses: [
    ...tools,
    functionTypes,
    ...responseItems,
    ...unserved([...functions, ...output, logprobs, ...aroundPrompt]),
    topLogprobs,
    topK,
    ...sampling,
    parameter('conversation'),
    parameter('prompt'),
    parameter('stop', emptyList),
    parameter('max_tokens', insteadOf('max_output_tokens')),
    parameter('max_completion_tokens', insteadOf('max_output_tokens')),
    parameter('stop_sequences', emptyList),
    parameter('system', insteadOf('instructions', nothingSaid)),
    truncation,
    value('text.format', ofType('text'), has('structuredOutputs', formats)),
    unless(schemaBeside('text.format.schema', 'text.format'), 'text.format.type', is('json_schema')),
    value('include', noLogprobs, withLogprobs),
    value('response_format', insteadOf('text.format', ofType('text'))),
    parameter('output_config.format', insteadOf('text.format')),
    ...unserved(localExtensions),
    ...unguided('text.format'),
    ...foreignFormats('text.format', 'text.format', elsewhere),
    ...foreign({
      limit: 'max_output_tokens',
      penalty: 'repetition_penalty',
      logprobs: 'top_logprobs',
      truncation: 'truncation',
      images: 'parts of type "input_image"',
    }),
  ],
  messages: [
    unless(parameter('tools', emptyList, has('tools')), 'tool_choice', blocksNeverCalled),
    parameter('tool_choice', ofType('none', 'auto'), has('tools')),
    unless(toolType(customTool), 'tool_choice', blocksNeverCalled),
    ...blocksAt('messages[].content'),
    ...blocksAt('messages[].content[].content'),
    ...blocksAt('system'),
    imageInText('messages[].content', 'image'),
    imagesOfTurns('messages', 'blocks of type "image"'),
    ...unserved([...functions, ...output, logprobs, topLogprobs, ...aroundPrompt]),
    topK,
    parameter('seed'),
    ...unserved(sampling),
    parameter('stop', insteadOf('stop_sequences', emptyList)),
    parameter('max_completion_tokens', insteadOf('max_tokens')),
    parameter('max_output_tokens', insteadOf('max_tokens')),
    parameter('instructions', insteadOf('system', nothingSaid)),
    parameter('mcp_servers', emptyList),
    parameter('output_format', insteadOf('output_config.format')),
    // The members of the format, one level too high.
    parameter('output_config.type', insteadOf('output_config.format')),
    parameter('output_config.schema', insteadOf('output_config.format')),
    value('response_format', insteadOf('output_config.format', ofType('text'))),
    value('text.format', insteadOf('output_config.format', ofType('text'))),
    parameter('output_config.format', absent, has('structuredOutputs', ofType('json_schema'))),
    parameter('container.skills', emptyList),
    parameter('thread'),
    ...unserved(localExtensions),
    ...unguided('output_config.format'),
    ...foreignFormats('output_config.format', 'output_config.format', elsewhere),
    ...foreign({ limit: 'max_tokens', stops: 'stop_sequences', images: 'blocks of type "image"' }),
  ],
};
