// Sentence embeddings by a pipeline of Transformers.js, behind `POST /v1/embeddings`.

import { type EmbeddingsRequest, HttpError, type ModelContext, type ModelRequest } from 'heddle';
import { Pipeline } from 'heddle/engines';

export default class MiniLMPipeline {
  readonly #context: ModelContext;
  #pipeline: Pipeline<'feature-extraction'> | undefined;

  constructor(context: ModelContext) {
    this.#context = context;
  }

  async load() {
    // Files in this folder's own `data/` need no `model`. This example borrows those of models/minilm, to hold no copy of them.
    this.#pipeline = await Pipeline.open(this.#context, 'feature-extraction', { model: '../../../models/minilm/data' });
  }

  async embeddings({ input }: EmbeddingsRequest, request: ModelRequest) {
    if (this.#pipeline === undefined) throw new Error('expected load() first');
    const vectors: Float32Array[] = [];
    let promptTokens = 0;
    // One by one: a client that leaves is noticed between two texts.
    for (const text of [input].flat()) {
      if (typeof text !== 'string') throw new HttpError(400, 'expected input to be texts, got token ids', { param: 'input' });
      const { data } = await this.#pipeline.run(request, text, { pooling: 'mean', normalize: true });
      vectors.push(Float32Array.from(data as Float32Array)); // the graph's vectors are float32
      promptTokens += this.#pipeline.countTokens(text);
    }
    return { vectors, usage: { promptTokens } };
  }

  async unload() {
    await this.#pipeline?.close();
  }
}
