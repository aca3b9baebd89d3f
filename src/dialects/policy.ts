// The fields each text route knows and its model cannot honour: refused by name unless their value is neutral, never ignored.

import type { MethodName } from '../contract/methods.ts';
import { InferenceError } from '../core/errors.ts';

interface Rule {
  /** Path of the field from the body's root, joined by dots. */
  readonly field: string;
  /** Whether the value asks for nothing that the model lacks. */
  readonly neutral: (value: unknown) => boolean;
  /** The value is at fault where other values of the field are fine, else the field. */
  readonly code: 'unsupported_parameter' | 'unsupported_value';
}

const parameter = (field: string, neutral: Rule['neutral'] = never): Rule => ({ field, neutral, code: 'unsupported_parameter' });
const value = (field: string, neutral: Rule['neutral']): Rule => ({ field, neutral, code: 'unsupported_value' });

const never = (): boolean => false;
const is =
  (...allowed: readonly unknown[]): Rule['neutral'] =>
  (candidate) =>
    allowed.includes(candidate);
const emptyList: Rule['neutral'] = (candidate) => Array.isArray(candidate) && candidate.length === 0;
const emptyObject: Rule['neutral'] = (candidate) =>
  typeof candidate === 'object' && candidate !== null && Object.keys(candidate).length === 0;
const textFormat: Rule['neutral'] = (candidate) =>
  typeof candidate === 'object' && candidate !== null && Reflect.get(candidate, 'type') === 'text';
// Without tools these choices change nothing.
const noTool: Rule['neutral'] = (choice) => choice === 'none' || choice === 'auto';
const noToolObject: Rule['neutral'] = (choice) =>
  typeof choice === 'object' && choice !== null && (Reflect.get(choice, 'type') === 'none' || Reflect.get(choice, 'type') === 'auto');

const localSampling = [value('ignore_eos', is(false)), value('min_tokens', is(0))];

const rules: Readonly<Record<MethodName, readonly Rule[]>> = {
  predict: [],
  embeddings: [],
  chatCompletions: [
    parameter('tools', emptyList),
    parameter('tool_choice', noTool),
    parameter('functions', emptyList),
    parameter('function_call', noTool),
    parameter('logprobs', is(false)),
    parameter('top_logprobs', is(0)),
    parameter('logit_bias', emptyObject),
    parameter('audio'),
    parameter('web_search_options'),
    value('response_format', textFormat),
    value('n', is(1)),
    value('modalities', (list) => Array.isArray(list) && list.every((item) => item === 'text')),
    ...localSampling,
  ],
  completions: [
    parameter('suffix', is('')),
    parameter('logprobs', is(false)),
    parameter('logit_bias', emptyObject),
    value('echo', is(false)),
    value('n', is(1)),
    value('best_of', is(1)),
    ...localSampling,
  ],
  responses: [
    parameter('tools', emptyList),
    parameter('tool_choice', noTool),
    parameter('top_logprobs', is(0)),
    parameter('previous_response_id'),
    parameter('conversation'),
    parameter('prompt'),
    value('background', is(false)),
    value('truncation', is('disabled')),
    value('text.format', textFormat),
    value('include', (list) => Array.isArray(list) && !list.includes('message.output_text.logprobs')),
    ...localSampling,
  ],
  messages: [
    parameter('tools', emptyList),
    parameter('tool_choice', noToolObject),
    parameter('mcp_servers', emptyList),
    parameter('output_config.format'),
    parameter('container.skills', emptyList),
  ],
};

/**
 * The capability check, once the model is chosen and the body fits its schema.
 * Throws: InferenceError `unsupported_parameter` or `unsupported_value` naming the first field that cannot be honoured.
 */
export function checkPolicy(method: MethodName, body: unknown): void {
  for (const rule of rules[method]) {
    const found = lookup(body, rule.field);
    if (found === undefined || rule.neutral(found)) continue;
    throw new InferenceError(rule.code, `expected ${rule.field} to be absent or neutral, got a setting that this model does not support`, {
      param: rule.field,
    });
  }
}

function lookup(body: unknown, path: string): unknown {
  let found = body;
  for (const key of path.split('.')) found = typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined;
  return found;
}
