// One streamed generation: the library pushes tokens on one side, events are read on the other.

import type { PreTrainedModel, PreTrainedTokenizer, TextStreamer } from '@huggingface/transformers';
import type { GenerationEvent } from '../../src/contract/generation.ts';
import type { Cancellable } from '../../src/contract/model.ts';
import type { TransformersLibrary } from './transformers-library.ts';

/** The call of the stream: cancelled with the one it was made of, and when its reader leaves. */
export class TextStream implements Cancellable {
  readonly #call: Cancellable;
  readonly #waiting: GenerationEvent[] = [];
  #left = false;
  #ended: { readonly error?: unknown } | undefined;
  #wake: () => void = () => undefined;
  #promptTokens = 0;
  #completionTokens = 0;
  #finish: 'stop' | 'length' = 'length';

  constructor(call: Cancellable) {
    this.#call = call;
  }

  get signal(): AbortSignal {
    return this.#call.signal;
  }

  get cancelled(): boolean {
    return this.#left || this.#call.cancelled;
  }

  throwIfCancelled(): void {
    this.#call.throwIfCancelled();
  }

  /** What the pipeline streams into. */
  streamer(library: TransformersLibrary, tokenizer: PreTrainedTokenizer, model: PreTrainedModel): TextStreamer {
    const prompt = (tokens: number): void => this.#prompt(tokens);
    const token = (ends: boolean): void => this.#token(ends);
    const endIds = endIdsOf(model);
    let first = true;
    class Streamer extends library.TextStreamer {
      override put(rows: bigint[][]): void {
        const row = rows[0] ?? [];
        if (first) prompt(row.length);
        else token(endIds.has(Number(row[0])));
        first = false;
        super.put(rows);
      }
    }
    const push = (text: string): void => this.#push({ type: 'text', text });
    return new Streamer(tokenizer, { skip_prompt: true, callback_function: push });
  }

  end(): void {
    this.#push({ type: 'finish', reason: this.#finish });
    this.#push({ type: 'usage', promptTokens: this.#promptTokens, completionTokens: this.#completionTokens });
    this.#end({});
  }

  fail(error: unknown): void {
    this.#end({ error });
  }

  leave(): void {
    this.#left = true;
  }

  /** Throws: what `fail` was told, once the events before it are read. */
  async *events(): AsyncGenerator<GenerationEvent, void, undefined> {
    for (;;) {
      const event = this.#waiting.shift();
      if (event !== undefined) yield event;
      else if (this.#ended === undefined) await this.#change();
      else if ('error' in this.#ended) throw this.#ended.error;
      else return;
    }
  }

  #prompt(tokens: number): void {
    this.#promptTokens = tokens;
    this.#push({ type: 'usage', promptTokens: tokens, completionTokens: 0 });
  }

  #token(ends: boolean): void {
    if (ends) this.#finish = 'stop';
    else this.#completionTokens += 1;
  }

  #push(event: GenerationEvent): void {
    this.#waiting.push(event);
    this.#wake();
  }

  #end(ended: { readonly error?: unknown }): void {
    this.#ended = ended;
    this.#wake();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

function endIdsOf({ config, generation_config: generation }: PreTrainedModel): ReadonlySet<number> {
  const ids: unknown = generation?.eos_token_id ?? Reflect.get(config, 'eos_token_id');
  return new Set([ids].flat().filter((id) => typeof id === 'number'));
}
