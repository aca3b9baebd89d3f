// `POST /v1/embeddings`: vectors as numbers or as base64 of little-endian 32-bit floats.

import { endianness } from 'node:os';
import Type, { type Static } from 'typebox';
import type { CheckedBody, FrameContext, Framed, RouteDialect } from '../../contract/dialect.ts';
import type { EmbeddingsResult } from '../../contract/generation.ts';
import { InferenceError } from '../../core/errors.ts';
import { checkBody } from '../check-body.ts';
import { jsonHead } from '../json-reply.ts';
import { maxInputs, maxTokenIds } from '../list-limits.ts';
import { frameAny } from '../native/any-result.ts';
import { utf8 } from '../sse.ts';
import { userField } from './generation-fields.ts';

const tokenIds = Type.Array(Type.Integer({ minimum: 0 }), { minItems: 1, maxItems: maxTokenIds });

export const embeddingsSchema = Type.Object({
  model: Type.Optional(Type.String({ minLength: 1 })),
  input: Type.Union([
    Type.String(),
    Type.Array(Type.String(), { minItems: 1, maxItems: maxInputs }),
    tokenIds,
    Type.Array(tokenIds, { minItems: 1, maxItems: maxInputs }),
  ]),
  encoding_format: Type.Optional(Type.Enum(['float', 'base64'])),
  dimensions: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
  truncate: Type.Optional(Type.Boolean()),
  user: userField,
});

export type EmbeddingsRequest = Static<typeof embeddingsSchema>;

export const embeddingsDialect: RouteDialect = {
  method: 'embeddings',
  family: 'openai',
  inputSchema: embeddingsSchema,
  outputSchema: { type: 'object', required: ['object', 'data', 'model', 'usage'] },
  check: checkEmbeddings,
  frame: (result, context) => (isVectors(result) ? frameVectors(result, context) : frameAny('embeddings', result, false)),
};

function checkEmbeddings(body: unknown): CheckedBody {
  const checked = checkBody('embeddings', embeddingsSchema, body);
  const { input } = checked as EmbeddingsRequest; // Proven by the schema.
  const empty = typeof input === 'string' ? (input === '' ? 'input' : undefined) : emptyItem(input);
  if (empty !== undefined) throw new InferenceError('invalid_value', `expected ${empty} to be text, got an empty string`, { param: empty });
  return checked;
}

function emptyItem(input: readonly unknown[]): string | undefined {
  const index = input.indexOf('');
  return index < 0 ? undefined : `input[${index}]`;
}

function isVectors(result: unknown): result is EmbeddingsResult {
  return typeof result === 'object' && result !== null && 'vectors' in result && Array.isArray(result.vectors);
}

async function frameVectors({ vectors, usage }: EmbeddingsResult, context: FrameContext): Promise<Framed> {
  const request = context.body as EmbeddingsRequest; // The body passed `check`.
  checkVectors(vectors, request);
  // A class may be plain JavaScript, where nothing else asks for it.
  if (!Number.isInteger(usage?.promptTokens))
    throw new InferenceError('invalid_result', 'expected embeddings to return usage.promptTokens beside its vectors, got none');
  const write = request.encoding_format === 'base64' ? base64Json : floatsJson;
  const data = vectors.map((vector, index) => `{"object":"embedding","index":${index},"embedding":${write(vector)}}`);
  const { promptTokens } = usage;
  const counts = JSON.stringify({ prompt_tokens: promptTokens, total_tokens: promptTokens });
  const json = `{"object":"list","data":[${data.join(',')}],"model":${JSON.stringify(context.model)},"usage":${counts}}`;
  return { kind: 'whole', head: jsonHead, bytes: utf8(json), usage: { promptTokens, completionTokens: 0 } };
}

/** Wrong vectors that look right are the worst answer, so all are looked at before any is sent. */
function checkVectors(vectors: readonly Float32Array[], request: EmbeddingsRequest): void {
  const inputs = typeof request.input === 'string' || typeof request.input[0] === 'number' ? 1 : request.input.length;
  if (vectors.length !== inputs)
    throw new InferenceError('invalid_result', `expected embeddings to return ${inputs} vectors, got ${vectors.length}`);
  for (const vector of vectors) {
    if (!(vector instanceof Float32Array))
      throw new InferenceError('invalid_result', 'expected embeddings to return Float32Array vectors, got something else');
    if (!vector.every(Number.isFinite))
      throw new InferenceError('invalid_result', 'expected embeddings to return finite numbers, got others');
    if (request.dimensions !== undefined && vector.length !== request.dimensions) {
      throw new InferenceError('unsupported_value', `expected dimensions to be ${vector.length}, got ${request.dimensions}`, {
        param: 'dimensions',
      });
    }
  }
}

/** `join` writes each number as JSON would, without a copy into a plain array first. */
function floatsJson(vector: Float32Array): string {
  return `[${vector.join(',')}]`;
}

function base64Json(vector: Float32Array): string {
  const bytes = Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
  // The wire is little-endian whatever the machine is; the swap works on a copy, since the vector is the model's.
  return `"${(endianness() === 'LE' ? bytes : Buffer.from(bytes).swap32()).toString('base64')}"`;
}
