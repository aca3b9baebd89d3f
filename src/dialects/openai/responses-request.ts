// The body of `POST /v1/responses`, and its check.

import Type, { type Static } from 'typebox';
import type { CheckedBody } from '../../contract/dialect.ts';
import { inputTurns } from '../adapters/responses-to-chat.ts';
import { checkBody } from '../check-body.ts';
import { maxMessages, maxParts } from '../list-limits.ts';
import { formatField, samplingFields, tokenLimit } from '../sampling.ts';

const partSchema = Type.Object({ type: Type.String(), text: Type.Optional(Type.String()), refusal: Type.Optional(Type.String()) });

const itemSchema = Type.Object({
  type: Type.Optional(Type.String()),
  role: Type.Optional(Type.Enum(['user', 'assistant', 'system', 'developer'])),
  content: Type.Optional(Type.Union([Type.String(), Type.Array(partSchema, { maxItems: maxParts })])),
});

export const responsesSchema = Type.Object({
  model: Type.Optional(Type.String({ minLength: 1 })),
  input: Type.Union([Type.String(), Type.Array(itemSchema, { minItems: 1, maxItems: maxMessages })]),
  instructions: Type.Optional(Type.String()),
  max_output_tokens: Type.Optional(tokenLimit),
  text: Type.Optional(Type.Object({ format: formatField })),
  metadata: Type.Optional(Type.Record(Type.String(), Type.String())),
  parallel_tool_calls: Type.Optional(Type.Boolean()),
  stream: Type.Optional(Type.Boolean()),
  ...samplingFields,
});

export type ResponsesRequest = Static<typeof responsesSchema>;

// Fields that bring an input of their own. They are refused later, by name, which must not be hidden by a missing `input`.
const otherInputs = ['previous_response_id', 'conversation', 'prompt'];
const otherInputSchema = Type.Object({ ...responsesSchema.properties, input: Type.Optional(responsesSchema.properties.input) });

export function checkResponse(body: unknown): CheckedBody {
  const checked = checkBody('responses', hasOtherInput(body) ? otherInputSchema : responsesSchema, body);
  // Throws for items that no conversation of ours holds, before the call waits for its turn.
  if (checked['input'] !== undefined) inputTurns(checked);
  return checked;
}

function hasOtherInput(body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return false;
  return otherInputs.some((key) => (Reflect.get(body, key) ?? undefined) !== undefined);
}
