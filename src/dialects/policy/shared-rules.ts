// Rules that several text routes share, since clients that talk to several APIs send the same fields to all of them.

import {
  elsewhere,
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
  parameter('chat_template_kwargs', emptyObject),
];
/** What the text has to be, as local servers have it. */
export const guided: readonly Rule[] = [
  parameter('guided_json', undefined, has('structuredOutputs')),
  parameter('guided_regex', undefined, has('grammars')),
  parameter('guided_grammar', undefined, has('grammars')),
  parameter('guided_choice', emptyList, has('grammars')),
];
/** The same on a route that has JSON Schemas by `field`, and no other forms. */
export const unguided = (field: string): readonly Rule[] => [
  parameter('guided_json', insteadOf(field)),
  parameter('guided_regex', elsewhere('guided_regex')),
  parameter('guided_grammar', elsewhere('guided_grammar')),
  parameter('guided_choice', elsewhere('guided_choice', emptyList)),
];
/**
 * What other local servers have for the form of the text. `json`: the field for JSON; `all`: those for any form; `named`: how the route has
 * the guided ones.
 */
export const foreignFormats = (json: string, all: string, named: typeof insteadOf): readonly Rule[] => [
  parameter('structured_outputs', insteadOf(all, emptyObject)),
  parameter('regex', named('guided_regex', is(''))),
  parameter('grammar', named('guided_grammar', is(''))),
  parameter('ebnf', named('guided_grammar', is(''))),
  parameter('format', insteadOf(json, is(''))),
  parameter('json_schema', insteadOf(json, emptyObject)),
];
export const truncation = value('truncation', is('disabled'), has('truncation', is('disabled', 'auto')));
export const topK = value('top_k', is(0, -1), has('candidateLimits'));
export const sampling: readonly Rule[] = [
  value('min_p', is(0), has('candidateLimits')),
  value('frequency_penalty', is(0), has('penalties')),
  value('presence_penalty', is(0), has('penalties')),
  value('repetition_penalty', is(1), has('penalties')),
];
