// The schema of the body of `POST /v1/responses`: every field of the API, so that those who read it see which ones do something.

import Type from 'typebox';
import { maxMessages, maxParts } from '../list-limits.ts';
import { samplingFields, tokenLimit } from '../sampling.ts';
import { maxTools, toolName } from './tools.ts';

const optionalText = Type.Optional(Type.String());
// The members of media too: whether they are taken is a question of policy, and what they hold one of form.
const partSchema = Type.Object(
  {
    type: Type.String(),
    text: optionalText,
    refusal: optionalText,
    image_url: Type.Optional(Type.String({ description: 'Of input_image: where it is, or a data URL.' })),
    detail: optionalText,
    file_id: optionalText,
    file_data: Type.Optional(Type.String({ description: 'Of input_file: a data URL.' })),
    file_url: optionalText,
    filename: optionalText,
    input_audio: Type.Optional(Type.Object({})),
  },
  { description: 'A part: input_text, output_text, text, refusal, input_image or input_file.' },
);
const partsSchema = Type.Union([Type.String(), Type.Array(partSchema, { maxItems: maxParts })]);

/** All kinds of items at once: a union of them would answer a wrong field with the complaint of another kind. */
export const itemSchema = Type.Object(
  {
    type: Type.Optional(
      Type.String({ description: 'message (the default), function_call, function_call_output, reasoning or item_reference.' }),
    ),
    id: Type.Optional(Type.String({ description: 'Of an item_reference: the stored item to put here.' })),
    status: Type.Optional(Type.String({ description: 'As an answer told it; not read.' })),
    role: Type.Optional(Type.Enum(['user', 'assistant', 'system', 'developer'], { description: 'Of a message.' })),
    content: Type.Optional(partsSchema),
    call_id: Type.Optional(Type.String({ description: 'Joins a function_call and its function_call_output.' })),
    name: Type.Optional(Type.String({ description: 'Of a function_call: the function.' })),
    arguments: Type.Optional(Type.String({ description: 'Of a function_call: JSON text of an object.' })),
    output: Type.Optional(partsSchema),
    summary: Type.Optional(Type.Array(Type.Unknown(), { maxItems: maxParts, description: 'Of a reasoning item; not read.' })),
    encrypted_content: Type.Optional(Type.String({ description: 'Of a reasoning item; not read.' })),
  },
  { description: 'An item of the conversation.' },
);

const ignored = (description: string) => Type.Optional(Type.Unknown({ description: `${description} Not read.` }));
const echoed = (description: string) => Type.Optional(Type.String({ description: `${description} Only echoed.` }));

const name = Type.Optional(toolName);
// Tools of other types have other members; whether they are served is a question of policy.
const toolSchema = Type.Object({
  type: Type.String({ description: 'function; no other is served.' }),
  name,
  description: Type.Optional(Type.String({ description: 'Tells the model when to call it.' })),
  parameters: Type.Optional(Type.Object({}, { description: 'JSON Schema of the arguments. Absent: any object.' })),
  strict: Type.Optional(Type.Boolean({ description: 'Ignored: the schema is always kept to.' })),
});
const toolChoiceSchema = Type.Union(
  [
    Type.Enum(['none', 'auto', 'required']),
    Type.Object({
      type: Type.String({ description: 'function or allowed_tools.' }),
      name,
      mode: Type.Optional(Type.Enum(['auto', 'required'])),
      tools: Type.Optional(Type.Array(Type.Object({ type: Type.String(), name }), { minItems: 1, maxItems: maxTools })),
    }),
  ],
  { description: 'Whether a tool has to be called, and which ones may be: the function of that name, or some of them. Default auto.' },
);

/** What the API can put into an answer. */
const includable = [
  'message.output_text.logprobs',
  'reasoning.encrypted_content',
  'message.input_image.image_url',
  'file_search_call.results',
  'web_search_call.results',
  'web_search_call.action.sources',
  'computer_call_output.output.image_url',
  'code_interpreter_call.outputs',
];

const formatSchema = Type.Object({
  type: Type.String({ description: 'text, json_object or json_schema.' }),
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: 'Of json_schema, which needs it.' })),
  description: Type.Optional(Type.String()),
  schema: Type.Optional(Type.Object({}, { description: 'JSON Schema of the whole text, which json_schema needs.' })),
  strict: Type.Optional(Type.Boolean({ description: 'Ignored: a schema is always kept to.' })),
});

export const responsesSchema = Type.Object({
  model: Type.Optional(Type.String({ minLength: 1, description: 'Name or alias of a loaded model.' })),
  input: Type.Union([Type.String(), Type.Array(itemSchema, { minItems: 1, maxItems: maxMessages })], {
    description: 'A text of the user, or the items of the conversation.',
  }),
  instructions: Type.Optional(Type.String({ description: 'A system message before all items; not carried over to later responses.' })),
  max_output_tokens: Type.Optional(tokenLimit),
  text: Type.Optional(
    Type.Object(
      { format: Type.Optional(formatSchema), verbosity: ignored('How long to answer.') },
      { description: 'What the text has to be.' },
    ),
  ),
  tools: Type.Optional(Type.Array(toolSchema, { maxItems: maxTools, description: 'Functions the model may ask the caller to run.' })),
  tool_choice: Type.Optional(toolChoiceSchema),
  parallel_tool_calls: Type.Optional(Type.Boolean({ description: 'Several calls in one answer. Default true.' })),
  max_tool_calls: ignored('Limit of calls to built-in tools; there are none.'),
  include: Type.Optional(
    Type.Array(Type.Enum(includable), {
      description: 'message.output_text.logprobs asks for log probabilities; the others add nothing here.',
    }),
  ),
  top_logprobs: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 20, description: 'How many of the likeliest tokens to tell at each place.' }),
  ),
  truncation: Type.Optional(Type.Unknown({ description: 'disabled (the default), or auto to drop the oldest turns that do not fit.' })),
  store: Type.Optional(Type.Boolean({ description: 'Keep the response for a later one to build upon. Default true.' })),
  previous_response_id: Type.Optional(Type.String({ minLength: 1, description: 'The stored response that this one goes on from.' })),
  background: Type.Optional(Type.Boolean({ description: 'Answer at once and go on without the client; needs store. Default false.' })),
  conversation: Type.Optional(Type.Unknown({ description: 'A stored conversation. Refused.' })),
  prompt: Type.Optional(Type.Unknown({ description: 'A stored template. Refused.' })),
  stream: Type.Optional(Type.Boolean({ description: 'Answer with an event stream.' })),
  stream_options: ignored('Options of the stream.'),
  reasoning: ignored('Effort and summary of reasoning, echoed.'),
  metadata: Type.Optional(Type.Record(Type.String(), Type.String(), { description: 'Echoed.' })),
  user: echoed('Who asks.'),
  safety_identifier: echoed('Who asks.'),
  prompt_cache_key: echoed('A hint for caches.'),
  prompt_cache_retention: ignored('A hint for caches.'),
  service_tier: ignored('A matter of billing.'),
  context_management: ignored('Compaction.'),
  ...samplingFields,
});
