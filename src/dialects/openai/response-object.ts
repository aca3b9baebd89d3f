// The response object with every key that OpenAI's types or Open Responses ask for.

import type { FrameContext } from '../../contract/dialect.ts';
import type { FinishReason } from '../../contract/generation.ts';
import type { CallUsage } from '../../contract/thread.ts';

export type ResponseStatus = 'queued' | 'in_progress' | 'completed' | 'incomplete' | 'failed';

export interface ResponseState {
  readonly id: string;
  readonly status: ResponseStatus;
  readonly output: readonly object[];
  readonly usage: CallUsage | undefined;
  readonly error?: { readonly code: string; readonly message: string; readonly param?: string };
}

export function responseObject(state: ResponseState, { body, model, created }: Pick<FrameContext, 'body' | 'model' | 'created'>): object {
  const reasoning = body['reasoning'];
  return {
    id: state.id,
    object: 'response',
    created_at: created,
    completed_at: state.status === 'completed' ? Math.max(created, Math.floor(Date.now() / 1000)) : null,
    status: state.status,
    background: body['background'] ?? false,
    error: state.error ?? null,
    incomplete_details: state.status === 'incomplete' ? { reason: 'max_output_tokens' } : null,
    instructions: body['instructions'] ?? null,
    max_output_tokens: body['max_output_tokens'] ?? null,
    max_tool_calls: Number.isInteger(body['max_tool_calls']) ? body['max_tool_calls'] : null,
    model,
    output: state.output,
    parallel_tool_calls: body['parallel_tool_calls'] ?? true,
    previous_response_id: body['previous_response_id'] ?? null,
    prompt_cache_key: body['prompt_cache_key'] ?? null,
    reasoning: { effort: hint(reasoning, 'effort') ?? null, summary: hint(reasoning, 'summary') ?? null },
    safety_identifier: body['safety_identifier'] ?? null,
    service_tier: 'default',
    // The effective value: a failure is not kept, and where nothing is, the main thread has put false into the body.
    store: state.status !== 'failed' && (body['store'] ?? true),
    temperature: body['temperature'] ?? 1,
    text: textEcho(body['text']),
    tool_choice: body['tool_choice'] ?? 'auto',
    tools: toolEchoes(body['tools']),
    top_logprobs: body['top_logprobs'] ?? 0,
    top_p: body['top_p'] ?? 1,
    presence_penalty: body['presence_penalty'] ?? 0,
    frequency_penalty: body['frequency_penalty'] ?? 0,
    truncation: body['truncation'] ?? 'disabled',
    usage: state.usage === undefined ? null : responseUsage(state.usage),
    metadata: body['metadata'] ?? {},
    // Left out rather than null: it is a string where it is anything.
    ...(body['user'] === undefined ? {} : { user: body['user'] }),
  };
}

/** The token limit is the only end that leaves a response incomplete. */
export function statusOf(reason: FinishReason): 'completed' | 'incomplete' {
  return reason === 'length' ? 'incomplete' : 'completed';
}

/**
 * Clients check the echo against a schema that has functions alone, and in which each of these keys is required. Others are no part of a
 * response: they only came this far because none may be called.
 */
function toolEchoes(tools: unknown): readonly object[] {
  const given: readonly unknown[] = Array.isArray(tools) ? tools : [];
  return given
    .filter((tool) => member(tool, 'type') === 'function')
    .map((tool) => ({
      type: 'function',
      name: member(tool, 'name'),
      description: member(tool, 'description') ?? null,
      parameters: member(tool, 'parameters') ?? null,
      strict: member(tool, 'strict') ?? true,
    }));
}

function textEcho(text: unknown): object {
  const format = member(text, 'format');
  const verbosity = hint(text, 'verbosity');
  return { format: formatEcho(format), ...(verbosity === undefined ? {} : { verbosity }) };
}

function formatEcho(format: unknown): unknown {
  if (member(format, 'type') !== 'json_schema') return format ?? { type: 'text' };
  return {
    type: 'json_schema',
    name: member(format, 'name') ?? null,
    description: member(format, 'description') ?? null,
    schema: member(format, 'schema') ?? null,
    strict: member(format, 'strict') ?? false,
  };
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

/** A hint passes in any form, and is told only in the form that clients know. */
function hint(value: unknown, key: string): string | undefined {
  const found = member(value, key);
  return typeof found === 'string' ? found : undefined;
}

/** The form of this route has no way to say that there is no cache. */
function responseUsage({ promptTokens, completionTokens, cachedTokens = 0 }: CallUsage): object {
  return {
    input_tokens: promptTokens,
    input_tokens_details: { cached_tokens: cachedTokens, cache_write_tokens: 0 },
    output_tokens: completionTokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: promptTokens + completionTokens,
  };
}
