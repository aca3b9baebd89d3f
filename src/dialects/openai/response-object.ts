// The response object with every key that OpenAI's types or Open Responses ask for.

import type { FrameContext } from '../../contract/dialect.ts';
import type { FinishReason } from '../../contract/generation.ts';
import type { CallUsage } from '../../contract/thread.ts';

export type ResponseStatus = 'in_progress' | 'completed' | 'incomplete' | 'failed';

export interface ResponseState {
  readonly id: string;
  readonly status: ResponseStatus;
  readonly output: readonly object[];
  readonly usage: CallUsage | undefined;
  readonly error?: { readonly code: string; readonly message: string };
}

export function responseObject(state: ResponseState, { body, model, created }: Pick<FrameContext, 'body' | 'model' | 'created'>): object {
  return {
    id: state.id,
    object: 'response',
    created_at: created,
    completed_at: state.status === 'completed' ? Math.max(created, Math.floor(Date.now() / 1000)) : null,
    status: state.status,
    background: false,
    error: state.error ?? null,
    incomplete_details: state.status === 'incomplete' ? { reason: 'max_output_tokens' } : null,
    instructions: body['instructions'] ?? null,
    max_output_tokens: body['max_output_tokens'] ?? null,
    max_tool_calls: body['max_tool_calls'] ?? null,
    model,
    output: state.output,
    parallel_tool_calls: body['parallel_tool_calls'] ?? true,
    previous_response_id: null,
    prompt_cache_key: body['prompt_cache_key'] ?? null,
    reasoning: { effort: null, summary: null },
    safety_identifier: body['safety_identifier'] ?? null,
    service_tier: 'default',
    // The effective value: nothing is kept.
    store: false,
    temperature: body['temperature'] ?? 1,
    text: { format: { type: 'text' } },
    tool_choice: body['tool_choice'] ?? 'auto',
    tools: [],
    top_logprobs: 0,
    top_p: body['top_p'] ?? 1,
    presence_penalty: body['presence_penalty'] ?? 0,
    frequency_penalty: body['frequency_penalty'] ?? 0,
    truncation: 'disabled',
    usage: state.usage === undefined ? null : responseUsage(state.usage),
    metadata: body['metadata'] ?? {},
  };
}

export function textPart(text: string): object {
  return { type: 'output_text', text, annotations: [], logprobs: [] };
}

export function messageItem(id: string, status: ResponseStatus, content: readonly object[]): object {
  return { id, type: 'message', role: 'assistant', status, content };
}

/** The token limit is the only end that leaves a response incomplete. */
export function statusOf(reason: FinishReason): 'completed' | 'incomplete' {
  return reason === 'length' ? 'incomplete' : 'completed';
}

function responseUsage({ promptTokens, completionTokens }: CallUsage): object {
  return {
    input_tokens: promptTokens,
    input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
    output_tokens: completionTokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: promptTokens + completionTokens,
  };
}
