// The body of `POST /v1/messages` as JSON Schema: every field that its clients send, those that change nothing included.

import Type, { type Static } from 'typebox';
import { maxTools, toolName } from '../openai/tools.ts';
import { maxMessages, maxParts } from '../list-limits.ts';
import { tokenLimit, topKField } from '../sampling.ts';

/** A field that is taken and changes nothing. */
const ignored = (description: string) => Type.Optional(Type.Unknown({ description: `Ignored. ${description}` }));
const text = (description: string) => Type.Optional(Type.String({ description }));

const source = Type.Object(
  {
    type: Type.String({ description: '`base64`, `url`, or `text` of a document' }),
    media_type: text('Of base64: as `image/png`'),
    data: text('Of base64: the bytes; of text: the text'),
    url: text('Of url: where the image is'),
  },
  { description: 'Of an image or document: where its bytes are' },
);

// The latter only so that the block is refused for its type.
const sourceField = Type.Optional(Type.Union([source, Type.String({ description: 'Of search_result, which is not served' })]));

const cacheControl = ignored('Where a prompt may be cached');

// One flat schema for all blocks: which members a type needs is told by name when the conversation is read.
const resultBlock = Type.Object({
  type: Type.String(),
  text: Type.Optional(Type.String()),
  source: sourceField,
  cache_control: cacheControl,
});
const block = Type.Object({
  type: Type.String({
    description: '`text`, `image`, `document`, `tool_use`, `tool_result`; `thinking` and `redacted_thinking` are dropped',
  }),
  text: text('Of text'),
  source: sourceField,
  id: text('Of tool_use: the id of the call'),
  name: text('Of tool_use: the tool'),
  input: Type.Optional(Type.Object({}, { description: 'Of tool_use: its input' })),
  tool_use_id: text('Of tool_result: the call it answers'),
  content: Type.Optional(
    Type.Union([Type.String(), Type.Array(resultBlock, { maxItems: maxParts })], {
      description: 'Of tool_result: what the tool gave; absent is empty',
    }),
  ),
  title: text('Of document: its name'),
  is_error: Type.Optional(Type.Boolean({ description: 'Of tool_result: the tool failed' })),
  cache_control: cacheControl,
  citations: ignored('Of text: where it was quoted from'),
});

const content = Type.Union([Type.String(), Type.Array(block, { maxItems: maxParts })]);

const tool = Type.Object({
  type: text('`custom` or absent; tools that the server would run are refused'),
  // Asked for when the tool is read: some of other types have none, and are better told by their type.
  name: Type.Optional(toolName),
  description: text('When and how to use it'),
  input_schema: Type.Optional(Type.Object({}, { description: 'JSON Schema of its input' })),
  strict: Type.Optional(Type.Boolean({ description: 'Whether inputs have to fit the schema' })),
  cache_control: cacheControl,
});

const toolChoice = Type.Object({
  type: Type.Enum(['auto', 'any', 'tool', 'none']),
  name: text('Of `tool`: the one to call'),
  disable_parallel_tool_use: Type.Optional(Type.Boolean({ description: 'At most one call' })),
});

const outputConfig = Type.Object({
  format: Type.Optional(
    Type.Object({
      type: Type.Literal('json_schema'),
      schema: Type.Object({}, { description: 'JSON Schema that the text has to fit' }),
    }),
  ),
  effort: ignored('How hard to think'),
});

/** What says how a conversation reads to a model, and so decides how many tokens it has. */
const conversationFields = {
  model: Type.Optional(Type.String({ minLength: 1, description: 'Name or alias of a loaded model' })),
  messages: Type.Array(Type.Object({ role: Type.Enum(['user', 'assistant', 'system']), content }), {
    minItems: 1,
    maxItems: maxMessages,
    description: 'The conversation. Neighbours of one role are merged; an assistant at the end is continued',
  }),
  system: Type.Optional(content),
  tools: Type.Optional(Type.Array(tool, { maxItems: maxTools, description: 'Functions that the model may ask for' })),
  tool_choice: Type.Optional(toolChoice),
  output_config: Type.Optional(outputConfig),
  thinking: ignored('No shipped model thinks apart from its text'),
  cache_control: cacheControl,
  context_management: ignored('How the hosted API prunes a conversation'),
  betas: ignored('Features of the hosted API'),
};

const answerFields = {
  temperature: Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: '0 takes the likeliest token. Default 1' })),
  top_p: Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: 'Least probability that the candidates hold together' })),
  top_k: topKField,
  stop_sequences: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { maxItems: 64, description: 'Texts that end the answer' })),
  stream: Type.Optional(Type.Boolean({ description: 'Answer in server-sent events' })),
  metadata: ignored('Who asks'),
  service_tier: ignored('Which capacity to use'),
  speed: ignored('Which capacity to use'),
  inference_geo: ignored('Where to run'),
  container: ignored('Where code would run; its `skills` are refused'),
  diagnostics: ignored('What to report'),
  user_profile_id: ignored('Who asks'),
  workspace_id: ignored('Who pays'),
};

export const messagesSchema = Type.Object({ ...conversationFields, max_tokens: tokenLimit, ...answerFields });

/** The same without what limits the answer, which some clients send nevertheless. */
export const countSchema = Type.Object({ ...conversationFields, max_tokens: Type.Optional(tokenLimit), ...answerFields });

export type MessagesRequest = Static<typeof messagesSchema>;
export type MessageBlock = Static<typeof block>;
export type MessagesTool = Static<typeof tool>;
