// The body of `POST /v1/responses`, and its check.

import Type, { type Static } from 'typebox';
import type { CheckedBody } from '../../contract/dialect.ts';
import { InferenceError } from '../../core/errors.ts';
import { checkTools } from '../adapters/check-tools.ts';
import { inputTurns } from '../adapters/responses-to-chat.ts';
import { checkBody } from '../check-body.ts';
import { setAside } from '../set-aside.ts';
import { checkOutputs } from '../tool-results.ts';
import { type itemSchema, responsesSchema } from './responses-schema.ts';

export type ResponsesRequest = Static<typeof responsesSchema>;

// Fields that bring an input of their own. They are refused later, by name, which must not be hidden by a missing `input`.
const otherInputs = ['previous_response_id', 'conversation', 'prompt'];
const otherInputSchema = Type.Object({ ...responsesSchema.properties, input: Type.Optional(responsesSchema.properties.input) });

export function checkResponse(body: unknown): CheckedBody {
  const checked = checkBody('responses', hasOtherInput(body) ? otherInputSchema : responsesSchema, body);
  checkFormat((checked as ResponsesRequest).text?.format); // Proven by the schema, but for the input.
  checkTools('responses', checked);
  const { input } = checked;
  // Throws for items that no conversation of ours holds, before the call waits for its turn. What a reference stands for is put in its
  // place before the model is called.
  if (Array.isArray(input)) {
    inputTurns({ ...checked, input: input.map((item) => (isReference(item) ? placeholder : textual(item))) });
    // What else there is of the conversation is known where it is put before the input, and an output is held to its calls there.
    if (!hasOtherInput(checked) && !input.some(isReference)) checkOutputs(input);
  } else if (input !== undefined) inputTurns(checked);
  return checked;
}

/** Without its schema a format would be any object, which is what the schema in the place of another API would quietly become. */
function checkFormat(format: NonNullable<ResponsesRequest['text']>['format']): void {
  if (format?.type !== 'json_schema') return;
  for (const key of ['name', 'schema'] as const) {
    if (format[key] !== undefined) continue;
    const param = `text.format.${key}`;
    const place = 'json_schema' in format ? ', beside the type and not in json_schema' : '';
    throw new InferenceError('missing_required_parameter', `expected ${param}${place}, got nothing`, { param });
  }
}

const media: ReadonlySet<unknown> = new Set(['input_image', 'input_audio', 'input_file']);
const isMedia = (part: Readonly<Record<string, unknown>>): boolean => media.has(part['type']);

function textual(item: Static<typeof itemSchema>): object {
  return { ...item, content: setAside(item.content, isMedia), output: setAside(item.output, isMedia) };
}

const placeholder = { role: 'user', content: '' };

function isReference(item: unknown): boolean {
  return typeof item === 'object' && item !== null && Reflect.get(item, 'type') === 'item_reference';
}

function hasOtherInput(body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return false;
  return otherInputs.some((key) => (Reflect.get(body, key) ?? undefined) !== undefined);
}
