// Sentence embeddings: a transformer encoder behind `POST /v1/embeddings`, and behind `predict` for texts without a wire format.

import type { EmbeddingsRequest, ModelContext, ModelRequest } from 'heddle';
import { type EncoderInput, SentenceEncoder } from 'heddle/engines';

interface PredictBody {
  readonly texts: readonly string[];
}

export default class MiniLM {
  static schemas = {
    predict: {
      input: {
        type: 'object',
        required: ['texts'],
        properties: { texts: { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 2048 } },
      },
    },
  };

  /** Vectors of the model's own length and of no other. */
  static capabilities = { dimensions: [384] };

  readonly #context: ModelContext;
  #encoder: SentenceEncoder | undefined;

  constructor(context: ModelContext) {
    this.#context = context;
  }

  async load() {
    this.#encoder = await SentenceEncoder.open(this.#context);
  }

  embeddings(body: EmbeddingsRequest, request: ModelRequest) {
    const { input, truncate, dimensions } = body;
    const isOne = typeof input === 'string' || isIds(input);
    return this.#open().encode(inputsOf(input), request, {
      ...(isOne ? { paramOf: () => 'input' } : {}),
      ...(truncate === undefined ? {} : { truncate }),
      ...(dimensions === undefined ? {} : { dimensions }),
    });
  }

  async predict(body: PredictBody, request: ModelRequest) {
    const { vectors } = await this.#open().encode(body.texts, request, { truncate: true });
    return { vectors: vectors.map((vector) => [...vector]) };
  }

  async unload() {
    await this.#encoder?.close();
  }

  #open(): SentenceEncoder {
    if (this.#encoder === undefined) throw new Error('expected load() first');
    return this.#encoder;
  }
}

/** One text, several, the ids of one, or of several. */
function inputsOf(input: EmbeddingsRequest['input']): readonly EncoderInput[] {
  if (typeof input === 'string') return [input];
  return isIds(input) ? [input] : input;
}

function isIds(input: readonly unknown[]): input is readonly number[] {
  return typeof input[0] === 'number';
}
