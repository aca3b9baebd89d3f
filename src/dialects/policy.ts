// The fields each text route knows and its model cannot honour: refused by name unless their value is neutral, never ignored.

import { countingRoutes, type MethodName } from '../contract/methods.ts';
import { InferenceError } from '../core/errors.ts';
import { describe } from './check.ts';

interface Rule {
  /** Path of the field from the body's root, joined by dots. */
  readonly field: string;
  /** What the field may be, in words; the message of a refusal says it. */
  readonly allowed: string;
  /** Whether the value asks for nothing that the model lacks. */
  readonly neutral: (value: unknown) => boolean;
  /** The value is at fault where other values of the field are fine, else the field. */
  readonly code: 'unsupported_parameter' | 'unsupported_value';
}

interface Neutral {
  readonly allowed: string;
  readonly neutral: (value: unknown) => boolean;
}

const parameter = (field: string, rest: Neutral = never): Rule => ({ field, ...rest, code: 'unsupported_parameter' });
const value = (field: string, rest: Neutral): Rule => ({ field, ...rest, code: 'unsupported_value' });

const never: Neutral = { allowed: 'absent', neutral: () => false };
const is = (...allowed: readonly (boolean | number | string)[]): Neutral => ({
  allowed: `${allowed.map((item) => JSON.stringify(item)).join(' or ')} or absent`,
  neutral: (candidate) => allowed.some((item) => item === candidate),
});
const emptyList: Neutral = {
  allowed: 'an empty list or absent',
  neutral: (candidate) => Array.isArray(candidate) && candidate.length === 0,
};
const emptyObject: Neutral = {
  allowed: 'an empty object or absent',
  neutral: (candidate) => typeof candidate === 'object' && candidate !== null && Object.keys(candidate).length === 0,
};
const ofType = (...types: readonly string[]): Neutral => ({
  allowed: `an object of type ${types.map((type) => JSON.stringify(type)).join(' or ')}, or absent`,
  neutral: (candidate) => typeof candidate === 'object' && candidate !== null && types.includes(Reflect.get(candidate, 'type')),
});
const textOnly: Neutral = {
  allowed: 'a list of only "text", or absent',
  neutral: (list) => Array.isArray(list) && list.every((item) => item === 'text'),
};
const noLogprobs: Neutral = {
  allowed: 'a list without "message.output_text.logprobs", or absent',
  neutral: (list) => Array.isArray(list) && !list.includes('message.output_text.logprobs'),
};
const insteadOf = (field: string): Neutral => ({ ...never, allowed: `absent, since ${field} is the limit of this route` });
// Without tools these choices change nothing.
const noTool = is('none', 'auto');

// What OpenAI's own routes share, and clients that talk to several APIs send to all of them.
const openaiOutput = [
  value('n', is(1)),
  parameter('logprobs', is(false)),
  parameter('top_logprobs', is(0)),
  parameter('logit_bias', emptyObject),
  value('response_format', ofType('text')),
  value('modalities', textOnly),
];
const openaiTools = [
  parameter('tools', emptyList),
  parameter('tool_choice', noTool),
  parameter('functions', emptyList),
  parameter('function_call', noTool),
];
// Fields of the completions route that clients also send to chat.
const aroundPrompt = [value('echo', is(false)), value('best_of', is(1)), parameter('suffix', is(''))];
// Extensions of local servers.
const localExtensions = [
  value('ignore_eos', is(false)),
  value('min_tokens', is(0)),
  value('mirostat', is(0)),
  value('typical_p', is(1)),
  parameter('guided_json'),
  parameter('guided_regex'),
  parameter('guided_grammar'),
  parameter('guided_choice', emptyList),
  parameter('grammar', is('')),
  parameter('chat_template_kwargs', emptyObject),
];
// Sampling that the OpenAI-shaped routes honour and the Messages API does not have.
const openaiSampling = [
  parameter('seed'),
  value('min_p', is(0)),
  value('frequency_penalty', is(0)),
  value('presence_penalty', is(0)),
  value('repetition_penalty', is(1)),
];

const rules: Readonly<Partial<Record<MethodName, readonly Rule[]>>> = {
  predict: [],
  embeddings: [value('normalize', is(true)), parameter('truncate_prompt_tokens'), parameter('prompt_name')],
  chatCompletions: [
    ...openaiTools,
    ...openaiOutput,
    ...aroundPrompt,
    parameter('audio'),
    parameter('web_search_options'),
    ...localExtensions,
  ],
  completions: [...openaiTools, ...openaiOutput, ...aroundPrompt, ...localExtensions],
  responses: [
    parameter('tools', emptyList),
    parameter('tool_choice', noTool),
    ...openaiOutput,
    parameter('previous_response_id'),
    parameter('conversation'),
    parameter('prompt'),
    parameter('stop', emptyList),
    parameter('max_tokens', insteadOf('max_output_tokens')),
    parameter('max_completion_tokens', insteadOf('max_output_tokens')),
    value('background', is(false)),
    value('truncation', is('disabled')),
    value('text.format', ofType('text')),
    value('include', noLogprobs),
    ...localExtensions,
  ],
  messages: [
    parameter('tools', emptyList),
    parameter('tool_choice', ofType('none', 'auto')),
    ...openaiOutput,
    ...openaiSampling,
    parameter('stop', { ...emptyList, allowed: `${emptyList.allowed}, since stop_sequences has the stops of this route` }),
    parameter('mcp_servers', emptyList),
    parameter('output_format'),
    parameter('output_config.format'),
    parameter('container.skills', emptyList),
    ...localExtensions,
  ],
};

/**
 * The capability check, once the model is chosen and the body fits its schema.
 * Throws: InferenceError `unsupported_parameter` or `unsupported_value` naming the first field that cannot be honoured.
 */
export function checkPolicy(method: MethodName, body: unknown): void {
  // What cannot be answered is not counted either.
  for (const rule of rules[countingRoutes.get(method) ?? method] ?? []) {
    const found = lookup(body, rule.field);
    if (found === undefined || rule.neutral(found)) continue;
    // A flag is no text of the user, and its type alone would not tell what is wrong with it.
    const came = typeof found === 'boolean' ? String(found) : describe(found);
    throw new InferenceError(rule.code, `expected ${rule.field} to be ${rule.allowed}, got ${came}`, { param: rule.field });
  }
}

function lookup(body: unknown, path: string): unknown {
  let found = body;
  for (const key of path.split('.')) found = typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined;
  return found;
}
