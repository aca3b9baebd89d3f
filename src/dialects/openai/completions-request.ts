// The body of `POST /v1/completions`, and what it asks of a generator.

import Type, { type Static } from 'typebox';
import type { CheckedBody } from '../../contract/dialect.ts';
import type { GenerationInput, GenerationRequest } from '../../contract/generation.ts';
import { InferenceError } from '../../core/errors.ts';
import { checkBody } from '../check-body.ts';
import { maxInputs, maxTokenIds } from '../list-limits.ts';
import { countField, formatField, limitsOf, samplingFields, samplingOf, stopField, streamFields, tokenLimit } from '../sampling.ts';

const tokenIds = Type.Array(Type.Integer({ minimum: 0 }), { minItems: 1, maxItems: maxTokenIds });

export const completionsSchema = Type.Object({
  model: Type.Optional(Type.String({ minLength: 1 })),
  prompt: Type.Union([
    Type.String(),
    Type.Array(Type.String(), { minItems: 1, maxItems: maxInputs }),
    tokenIds,
    Type.Array(tokenIds, { minItems: 1, maxItems: maxInputs }),
  ]),
  max_tokens: Type.Optional(tokenLimit),
  n: countField,
  best_of: countField,
  response_format: formatField,
  stop: stopField,
  ...samplingFields,
  ...streamFields,
});

export type CompletionsRequest = Static<typeof completionsSchema>;

// What OpenAI documents for this route, unlike chat.
const defaultMaxTokens = 16;

export function checkCompletion(body: unknown): CheckedBody {
  const checked = checkBody('completions', completionsSchema, body);
  promptInput((checked as CompletionsRequest).prompt); // Proven by the schema; throws for several prompts.
  return checked;
}

/** Throws: InferenceError `unsupported_value` for several prompts. */
export function completionToGeneration(body: CompletionsRequest | CheckedBody): GenerationRequest {
  const request = body as CompletionsRequest; // A checked body passed this schema.
  return {
    input: promptInput(request.prompt),
    inputParam: 'prompt',
    ...samplingOf(request),
    ...limitsOf(request.max_tokens ?? defaultMaxTokens, request.stop),
  };
}

function promptInput(prompt: CompletionsRequest['prompt']): GenerationInput {
  if (typeof prompt === 'string') return { kind: 'text', text: prompt };
  const first = prompt[0];
  if (typeof first === 'number') return { kind: 'tokens', ids: prompt.filter((id) => typeof id === 'number') };
  if (prompt.length !== 1 || first === undefined) {
    throw new InferenceError('unsupported_value', `expected one prompt, got ${prompt.length}`, { param: 'prompt' });
  }
  return typeof first === 'string' ? { kind: 'text', text: first } : { kind: 'tokens', ids: first };
}
