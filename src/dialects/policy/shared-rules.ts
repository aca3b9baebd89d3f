// Rules that several text routes share, since clients that talk to several APIs send the same fields to all of them.

import {
  emptyList,
  emptyObject,
  has,
  insteadOf,
  is,
  ofType,
  type Passing,
  parameter,
  type Rule,
  unless,
  upTo,
  value,
  withLogprobs,
} from './rule.ts';

const textOnly: Passing = {
  allowed: 'a list of only "text", or absent',
  passes: (list) => Array.isArray(list) && list.every((item) => item === 'text'),
};
// The one type of tool that each API has for what the caller runs itself.
export const functionTool: Passing = { allowed: '"function"', passes: (type) => type === 'function' };
export const customTool: Passing = { allowed: '"custom" or absent', passes: (type) => type === 'custom' };
// What may not be called changes nothing.
export const neverCalled = is('none');
// Without tools these choices change nothing.
const noTool = is('none', 'auto');
export const formats = ofType('text', 'json_object', 'json_schema');

// What chat and completions share.
export const topLogprobs = parameter('top_logprobs', is(0), upTo('topLogprobs', 0));
/** A flag, but on the completions route. */
export const logprobs = parameter('logprobs', is(false), withLogprobs);
export const output: readonly Rule[] = [
  value('n', is(1), upTo('maxChoices', 2)),
  parameter('logit_bias', emptyObject, has('logitBias')),
  value('modalities', textOnly),
];
export const responseFormat = value('response_format', ofType('text'), has('structuredOutputs', formats));
export const tools: readonly Rule[] = [
  unless(parameter('tools', emptyList, has('tools')), 'tool_choice', neverCalled),
  parameter('tool_choice', noTool, has('tools')),
];
/** The legacy form of tools. */
export const functions: readonly Rule[] = [
  unless(parameter('functions', emptyList, has('tools')), 'function_call', neverCalled),
  parameter('function_call', noTool, has('tools')),
];
// Fields of the completions route that clients also send to chat.
export const aroundPrompt: readonly Rule[] = [
  value('echo', is(false), has('echo')),
  value('best_of', is(1), upTo('maxChoices', 2)),
  parameter('suffix', is(''), has('suffix')),
];
// Extensions of local servers.
export const localExtensions: readonly Rule[] = [
  value('ignore_eos', is(false), has('endControl')),
  value('min_tokens', is(0), has('endControl')),
  value('mirostat', is(0)),
  value('typical_p', is(1)),
  parameter('guided_json', undefined, has('structuredOutputs')),
  parameter('guided_regex', undefined, has('grammars')),
  parameter('guided_grammar', undefined, has('grammars')),
  parameter('guided_choice', emptyList, has('grammars')),
  parameter('chat_template_kwargs', emptyObject),
];
/** What other local servers have for the form of the text; `field` is what the route has. */
export const foreignFormats = (field: string): readonly Rule[] => [
  parameter('structured_outputs', insteadOf(field, emptyObject)),
  ...['regex', 'ebnf', 'format'].map((name) => parameter(name, insteadOf(field, is('')))),
  parameter('json_schema', insteadOf(field, emptyObject)),
];
export const truncation = value('truncation', is('disabled'), has('truncation', is('disabled', 'auto')));
export const topK = value('top_k', is(0, -1), has('candidateLimits'));
export const sampling: readonly Rule[] = [
  value('min_p', is(0), has('candidateLimits')),
  value('frequency_penalty', is(0), has('penalties')),
  value('presence_penalty', is(0), has('penalties')),
  value('repetition_penalty', is(1), has('penalties')),
];
