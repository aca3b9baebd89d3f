// Fields that routes know beyond their schemas: hints, telemetry and history that are ignored, but no mistakes of the client.

import type { MethodName } from '../contract/methods.ts';
import { stepsOf } from './policy/find-at.ts';
import { routeRules } from './policy/route-rules.ts';

// Who asks, how it is billed, cached and stored.
const telemetry = [
  'user',
  'metadata',
  'store',
  'safety_identifier',
  'prompt_cache_key',
  'prompt_cache_retention',
  'prompt_cache_options',
  'service_tier',
  'moderation',
];
const streamed = ['stream_options.include_usage', 'stream_options.include_obfuscation'];

const ignored: Readonly<Partial<Record<MethodName, readonly string[]>>> = {
  chatCompletions: [
    ...telemetry,
    ...streamed,
    'reasoning_effort',
    'verbosity',
    'prediction',
    'parallel_tool_calls',
    ...['name', 'tool_call_id', 'refusal', 'reasoning_content', 'reasoning', 'annotations'].map((key) => `messages[].${key}`),
    ...['image_url', 'input_audio', 'file', 'cache_control'].map((key) => `messages[].content[].${key}`),
    'response_format.json_schema',
  ],
  completions: [...telemetry, ...streamed, 'response_format.json_schema'],
  embeddings: ['user', 'input_type', 'truncate', 'encoding_format'],
  responses: [
    ...telemetry,
    ...streamed,
    'reasoning',
    'text.verbosity',
    ...['name', 'schema', 'strict', 'description'].map((key) => `text.format.${key}`),
    'include',
    'max_tool_calls',
    'context_management',
    ...['id', 'status', 'summary', 'encrypted_content', 'phase', 'call_id', 'name', 'arguments', 'output'].map((key) => `input[].${key}`),
    ...['annotations', 'logprobs', 'image_url', 'detail', 'file_id', 'file_data', 'file_url', 'filename', 'input_audio'].map(
      (key) => `input[].content[].${key}`,
    ),
  ],
  messages: [
    'metadata',
    'service_tier',
    'speed',
    'inference_geo',
    'container',
    'diagnostics',
    'user_profile_id',
    'workspace_id',
    'cache_control',
    'context_management',
    'betas',
    'thinking',
    'output_config',
    ...['cache_control', 'citations'].map((key) => `system[].${key}`),
    ...[
      ...['cache_control', 'citations', 'source', 'title', 'context', 'id', 'name', 'input', 'tool_use_id', 'is_error', 'content'],
      ...['thinking', 'signature', 'data'],
    ].map((key) => `messages[].content[].${key}`),
  ],
};

/** Paths, in steps, that a body of the route may have beside those of its schema. What is below them is not looked into. */
export function knownFields(method: MethodName): readonly (readonly string[])[] {
  return [...(ignored[method] ?? []).map(stepsOf), ...(routeRules[method] ?? []).map(({ steps }) => steps)];
}
