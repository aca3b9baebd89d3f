// What the text has to be: `response_format` of OpenAI, and the `guided_…` fields that local servers share.

import Type, { type Static } from 'typebox';
import type { GenerationRequest, OutputFormat } from '../../contract/generation.ts';
import { InferenceError } from '../../core/errors.ts';

const jsonSchemaFormat = Type.Object({
  type: Type.Literal('json_schema'),
  json_schema: Type.Object({
    name: Type.String({ minLength: 1, maxLength: 64 }),
    description: Type.Optional(Type.String()),
    schema: Type.Optional(Type.Object({}, { description: 'JSON Schema of the whole text. Absent: any object.' })),
    strict: Type.Optional(Type.Boolean({ description: 'Ignored: a schema is always kept to.' })),
  }),
});

/** Of a choice among words; a longer list than this is no choice but a vocabulary. */
const maxGuidedChoices = 1024;

export const outputFormatFields = {
  response_format: Type.Optional(
    Type.Union([Type.Object({ type: Type.Literal('text') }), Type.Object({ type: Type.Literal('json_object') }), jsonSchemaFormat], {
      description: 'What the whole text has to be. Default: any text.',
    }),
  ),
  guided_json: Type.Optional(
    Type.Union([Type.Object({}), Type.String()], { description: 'Extension: JSON Schema of the whole text, as an object or its text.' }),
  ),
  guided_grammar: Type.Optional(Type.String({ minLength: 1, description: 'Extension: EBNF of the whole text; its start is root.' })),
  guided_regex: Type.Optional(Type.String({ minLength: 1, description: 'Extension: pattern of the whole text.' })),
  guided_choice: Type.Optional(
    Type.Array(Type.String({ minLength: 1 }), { maxItems: maxGuidedChoices, description: 'Extension: the text is one of these.' }),
  ),
};

const fieldsSchema = Type.Object(outputFormatFields);
export type OutputFormatFields = Static<typeof fieldsSchema>;

interface Asked {
  readonly format: OutputFormat;
  readonly formatParam: string;
}

/** Throws: InferenceError `invalid_value` where two fields ask for a format, or `guided_json` is text that is no JSON object. */
export function formatOf(body: OutputFormatFields): Pick<GenerationRequest, 'format' | 'formatParam'> {
  const asked = [responseFormat(body), guidedJson(body), ...guidedText(body)].filter((one) => one !== undefined);
  const [first, second] = asked;
  if (second !== undefined) {
    throw new InferenceError('invalid_value', 'expected one field that says what the text has to be, got several', {
      param: second.formatParam,
    });
  }
  return first ?? {};
}

function responseFormat({ response_format: wanted }: OutputFormatFields): Asked | undefined {
  if (wanted === undefined || wanted.type === 'text') return undefined;
  if (wanted.type === 'json_object') return { format: { kind: 'json' }, formatParam: 'response_format' };
  const { schema } = wanted.json_schema;
  if (schema === undefined) return { format: { kind: 'json' }, formatParam: 'response_format.json_schema' };
  return { format: { kind: 'jsonSchema', schema }, formatParam: 'response_format.json_schema.schema' };
}

function guidedJson({ guided_json: schema }: OutputFormatFields): Asked | undefined {
  if (schema === undefined) return undefined;
  return { format: { kind: 'jsonSchema', schema: typeof schema === 'string' ? parsedSchema(schema) : schema }, formatParam: 'guided_json' };
}

function parsedSchema(text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Told below: what the parser says may quote the client's text.
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new InferenceError('invalid_value', 'expected guided_json to be the JSON text of an object, got other text', {
    param: 'guided_json',
  });
}

function guidedText({ guided_grammar, guided_regex, guided_choice }: OutputFormatFields): readonly Asked[] {
  const choices = guided_choice ?? [];
  return [
    ...(guided_grammar === undefined
      ? []
      : [{ format: { kind: 'grammar', ebnf: guided_grammar }, formatParam: 'guided_grammar' } as const]),
    ...(guided_regex === undefined ? [] : [{ format: { kind: 'regex', pattern: guided_regex }, formatParam: 'guided_regex' } as const]),
    ...(choices.length === 0 ? [] : [{ format: { kind: 'choice', choices }, formatParam: 'guided_choice' } as const]),
  ];
}
