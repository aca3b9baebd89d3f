// The body of `POST /v1/completions`, and what it asks of a generator.

import Type, { type Static } from 'typebox';
import type { CheckedBody } from '../../contract/dialect.ts';
import type { GenerationInput, GenerationRequest, PromptInput } from '../../contract/generation.ts';
import { InferenceError } from '../../core/errors.ts';
import { recordOf } from '../adapters/record-of.ts';
import { checkBody } from '../check-body.ts';
import { maxInputs, maxTexts, maxTokenIds } from '../list-limits.ts';
import { limitsOf, samplingFields, samplingOf, stopField, streamFields, tokenLimit } from '../sampling.ts';
import { bestOfField, choicesField, foreignFields, modelField, refused, telemetryFields } from './generation-fields.ts';
import { formatOf, outputFormatFields } from './output-format.ts';

const tokenIds = Type.Array(Type.Integer({ minimum: 0 }), { minItems: 1, maxItems: maxTokenIds });

export const completionsSchema = Type.Object({
  model: modelField,
  prompt: Type.Union(
    [
      Type.String(),
      Type.Array(Type.String(), { minItems: 1, maxItems: maxInputs }),
      tokenIds,
      Type.Array(tokenIds, { minItems: 1, maxItems: maxInputs }),
    ],
    { description: 'One text or several, or token ids of the served model: of one prompt or of several.' },
  ),
  max_tokens: Type.Optional(
    Type.Integer({ ...tokenLimit, minimum: 0, description: 'Most tokens to generate; 0 only with echo. Default 16.' }),
  ),
  n: choicesField,
  best_of: bestOfField,
  // False is how chat writes none, and clients send it here too.
  logprobs: Type.Optional(
    Type.Union([Type.Integer({ minimum: 0, maximum: 5 }), Type.Literal(false)], {
      description: 'Tell how likely each token was, and so many of the likeliest at each place. Absent: neither.',
    }),
  ),
  echo: Type.Optional(Type.Boolean({ description: 'Begin the text with the prompt. Default false.' })),
  stop: stopField,
  ...samplingFields,
  ...outputFormatFields,
  ...streamFields,
  ...telemetryFields,
  ...foreignFields,
  top_logprobs: refused('a field of chat'),
  modalities: refused('replies other than text'),
  tools: refused('a field of chat'),
  tool_choice: refused('a field of chat'),
  functions: refused('a field of chat'),
  function_call: refused('a field of chat'),
});

export type CompletionsRequest = Static<typeof completionsSchema>;

// What OpenAI documents for this route, unlike chat.
export const defaultMaxTokens = 16;

export function checkCompletion(body: unknown): CheckedBody {
  checkLogprobs(recordOf(body)?.['logprobs']);
  const checked = checkBody('completions', completionsSchema, body);
  const request = checked as CompletionsRequest; // Proven by the schema.
  completionToGeneration(request); // Throws for what a schema cannot tell.
  if (request.stream === true && (request.best_of ?? 1) > 1) {
    throw new InferenceError('invalid_value', 'expected best_of to be 1 where stream is true, since only the end tells which are best', {
      param: 'best_of',
    });
  }
  return checked;
}

/** True and numbers in quotes are how others ask; the schema, which knows false, would answer with that alone. */
function checkLogprobs(asked: unknown): void {
  if (typeof asked !== 'string' && asked !== true) return;
  const message = `expected logprobs to be an integer from 0 to 5 or absent, got ${asked === true ? 'true' : 'string'}`;
  throw new InferenceError('invalid_type', message, { param: 'logprobs' });
}

/** Throws: InferenceError with the path of a field that contradicts another. */
export function completionToGeneration(body: CompletionsRequest | CheckedBody): GenerationRequest {
  const request = body as CompletionsRequest; // A checked body passed this schema.
  const { n, best_of, logprobs, echo, max_tokens = defaultMaxTokens } = request;
  if (max_tokens === 0 && echo !== true) {
    throw new InferenceError('invalid_value', 'expected max_tokens to be >= 1 unless echo is true, got 0', { param: 'max_tokens' });
  }
  if (best_of !== undefined && best_of < (n ?? 1)) {
    throw new InferenceError('invalid_value', `expected best_of to be >= n, which is ${n ?? 1}, got ${best_of}`, { param: 'best_of' });
  }
  const prompts = promptsOf(request.prompt);
  checkTexts(prompts.length, request);
  return {
    input: promptInput(prompts),
    inputParam: 'prompt',
    ...samplingOf(request),
    ...limitsOf(max_tokens, request.stop),
    ...(n === undefined ? {} : { choices: n }),
    ...(best_of === undefined ? {} : { bestOf: best_of }),
    ...(typeof logprobs === 'number' ? { logprobs } : {}),
    ...(echo === undefined ? {} : { echo }),
    ...formatOf(request),
  };
}

/** Throws: InferenceError `invalid_value` naming the field that multiplies the prompts past what one request may ask for. */
function checkTexts(prompts: number, { n = 1, best_of: bestOf = n }: CompletionsRequest): void {
  if (prompts * bestOf <= maxTexts) return;
  const param = bestOf > n ? 'best_of' : 'n';
  const most = Math.floor(maxTexts / prompts);
  throw new InferenceError('invalid_value', `expected ${param} to be at most ${most} with ${prompts} prompts, got ${bestOf}`, { param });
}

/** How many texts the reply has. */
export function completionChoices(body: CompletionsRequest | CheckedBody): number {
  const { prompt, n = 1 } = body as CompletionsRequest; // A checked body passed this schema.
  return promptsOf(prompt).length * n;
}

function promptInput(prompts: readonly PromptInput[]): GenerationInput {
  const [only] = prompts;
  return prompts.length === 1 && only !== undefined ? only : { kind: 'several', prompts };
}

function promptsOf(prompt: CompletionsRequest['prompt']): readonly PromptInput[] {
  if (typeof prompt === 'string') return [{ kind: 'text', text: prompt }];
  // A list of numbers is one prompt; the schema leaves no list of several kinds.
  if (typeof prompt[0] === 'number') return [{ kind: 'tokens', ids: prompt.filter((id) => typeof id === 'number') }];
  return prompt.flatMap((one): readonly PromptInput[] => {
    if (typeof one === 'string') return [{ kind: 'text', text: one }];
    return typeof one === 'number' ? [] : [{ kind: 'tokens', ids: one }];
  });
}
