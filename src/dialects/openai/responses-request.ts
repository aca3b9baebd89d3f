// The body of `POST /v1/responses`, and what it asks of a generator.

import Type, { type Static } from 'typebox';
import type { CheckedBody } from '../../contract/dialect.ts';
import type { ChatMessage, GenerationRequest } from '../../contract/generation.ts';
import { InferenceError } from '../../core/errors.ts';
import { chatInput } from '../chat-prompt.ts';
import { checkBody } from '../check-body.ts';
import { contentText, type PartTypes } from '../content-text.ts';
import { limitsOf, samplingOf } from '../sampling.ts';
import { type itemSchema, responsesSchema } from './responses-schema.ts';

export type ResponsesRequest = Static<typeof responsesSchema>;

// Fields that bring an input of their own. They are refused later, by name, which must not be hidden by a missing `input`.
const otherInputs = ['previous_response_id', 'conversation', 'prompt'];
const otherInputSchema = Type.Object({ ...responsesSchema.properties, input: Type.Optional(responsesSchema.properties.input) });
type Item = Static<typeof itemSchema>;

const partTypes: PartTypes = {
  text: new Set(['input_text', 'output_text', 'text', 'refusal']),
  dropped: new Set(),
  refused: new Set(['input_image', 'input_file', 'input_audio']),
};

// Known, and of no use to a model without tools or a store.
const refusedItems = new Set(['function_call', 'function_call_output', 'item_reference']);

export function checkResponse(body: unknown): CheckedBody {
  const checked = checkBody('responses', hasOtherInput(body) ? otherInputSchema : responsesSchema, body);
  const { input } = checked as Static<typeof otherInputSchema>; // Proven by either schema.
  if (input !== undefined) inputMessages(input); // Throws for items that a text model cannot take.
  return checked;
}

/** Throws: InferenceError with the path of an item or part that is not text. */
export function responseToGeneration(body: ResponsesRequest | CheckedBody): GenerationRequest {
  const request = body as ResponsesRequest; // A checked body passed this schema.
  const instructions: readonly ChatMessage[] =
    request.instructions === undefined ? [] : [{ role: 'system', content: request.instructions }];
  return {
    input: chatInput([...instructions, ...inputMessages(request.input)]),
    inputParam: 'input',
    ...samplingOf(request),
    ...limitsOf(request.max_output_tokens, undefined),
  };
}

function hasOtherInput(body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return false;
  return otherInputs.some((key) => (Reflect.get(body, key) ?? undefined) !== undefined);
}

function inputMessages(input: ResponsesRequest['input']): readonly ChatMessage[] {
  if (typeof input === 'string') return [{ role: 'user', content: input }];
  // A reasoning item only repeats what an earlier turn thought.
  const messages = input.flatMap((item, index) => (item.type === 'reasoning' ? [] : [messageOf(item, `input[${index}]`)]));
  if (messages.length === 0) {
    throw new InferenceError('invalid_value', 'expected input to have a message, got only reasoning', { param: 'input' });
  }
  return messages;
}

function messageOf(item: Item, path: string): ChatMessage {
  if (item.type !== undefined && item.type !== 'message') {
    const known = refusedItems.has(item.type);
    throw new InferenceError(
      known ? 'unsupported_value' : 'invalid_value',
      `expected ${path} to be a message, got an item of another type`,
      { param: path },
    );
  }
  for (const key of ['role', 'content'] as const) {
    if (item[key] === undefined)
      throw new InferenceError('missing_required_parameter', `expected ${path}.${key}, got nothing`, { param: `${path}.${key}` });
  }
  const role = item.role === 'developer' ? 'system' : (item.role ?? 'user');
  return { role, content: contentText(item.content ?? '', `${path}.content`, partTypes) };
}
