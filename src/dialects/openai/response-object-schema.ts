// The schema of what `POST /v1/responses` answers, for the description of the API.

import Type from 'typebox';

const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const itemStatus = Type.Enum(['in_progress', 'completed', 'incomplete']);

const alternative = { token: Type.String(), bytes: Type.Array(Type.Integer()), logprob: Type.Number() };

const messageSchema = Type.Object({
  id: Type.String(),
  type: Type.Literal('message'),
  role: Type.Literal('assistant'),
  status: itemStatus,
  content: Type.Array(
    Type.Object({
      type: Type.Literal('output_text'),
      text: Type.String(),
      annotations: Type.Array(Type.Unknown(), { maxItems: 0 }),
      logprobs: Type.Array(Type.Object({ ...alternative, top_logprobs: Type.Array(Type.Object(alternative)) })),
    }),
  ),
});

const functionCallSchema = Type.Object({
  id: Type.String(),
  type: Type.Literal('function_call'),
  call_id: Type.String(),
  name: Type.String(),
  arguments: Type.String({ description: 'JSON text; cut off where the status is incomplete.' }),
  status: itemStatus,
});

const functionToolSchema = Type.Object({
  type: Type.Literal('function'),
  name: Type.String(),
  description: nullable(Type.String()),
  parameters: nullable(Type.Record(Type.String(), Type.Unknown())),
  strict: Type.Boolean(),
});

const usageSchema = Type.Object({
  input_tokens: Type.Integer(),
  input_tokens_details: Type.Object({ cached_tokens: Type.Integer(), cache_write_tokens: Type.Integer() }),
  output_tokens: Type.Integer(),
  output_tokens_details: Type.Object({ reasoning_tokens: Type.Integer() }),
  total_tokens: Type.Integer(),
});

export const responseObjectSchema = Type.Object({
  id: Type.String(),
  object: Type.Literal('response'),
  created_at: Type.Integer({ description: 'Unix seconds.' }),
  completed_at: nullable(Type.Integer()),
  status: Type.Enum(['queued', 'in_progress', 'completed', 'incomplete', 'failed', 'cancelled']),
  background: Type.Boolean(),
  error: nullable(Type.Object({ code: Type.String(), message: Type.String(), param: Type.Optional(Type.String()) })),
  incomplete_details: nullable(Type.Object({ reason: Type.Enum(['max_output_tokens', 'content_filter']) })),
  instructions: nullable(Type.String()),
  max_output_tokens: nullable(Type.Integer()),
  max_tool_calls: nullable(Type.Integer()),
  model: Type.String(),
  output: Type.Array(Type.Union([messageSchema, functionCallSchema])),
  parallel_tool_calls: Type.Boolean(),
  previous_response_id: nullable(Type.String()),
  prompt_cache_key: nullable(Type.String()),
  reasoning: Type.Object({ effort: nullable(Type.String()), summary: nullable(Type.String()) }),
  safety_identifier: nullable(Type.String()),
  service_tier: Type.Literal('default'),
  store: Type.Boolean({ description: 'Whether it is kept.' }),
  temperature: Type.Number(),
  text: Type.Object({ format: Type.Object({ type: Type.String() }), verbosity: Type.Optional(Type.String()) }),
  tool_choice: Type.Union([Type.String(), Type.Object({ type: Type.String() })]),
  tools: Type.Array(functionToolSchema),
  top_logprobs: Type.Integer(),
  top_p: Type.Number(),
  presence_penalty: Type.Number(),
  frequency_penalty: Type.Number(),
  truncation: Type.Enum(['auto', 'disabled']),
  usage: nullable(usageSchema),
  metadata: Type.Record(Type.String(), Type.String()),
  user: Type.Optional(Type.String()),
});
