// Runs a prompt through the graph, piece by piece, so that a cancelled call stops between two of them.

import type { TokenLogprob } from '../../src/contract/generation.ts';
import type { Cancellable } from '../../src/contract/model.ts';
import type { Decoder } from './decoder.ts';
import type { KvSlab } from './kv-slab.ts';
import { LogProbabilities, tokenLogprob } from './log-probabilities.ts';
import type { Tokenizer } from './tokenizer.ts';

/** A prompt that was read, ready to be continued. */
export interface Prefilled {
  readonly sequence: KvSlab;
  /** After the last token. Shapes: [vocabulary]. */
  readonly logits: Float32Array;
}

/** Throws: the cancellation's own error between two runs. */
export async function prefill(decoder: Decoder, ids: readonly number[], chunkTokens: number, call: Cancellable): Promise<Prefilled> {
  const sequence = decoder.sequence();
  let logits: Float32Array = new Float32Array(0);
  for (let at = 0; at < ids.length; at += chunkTokens) {
    call.throwIfCancelled();
    logits = await decoder.append(sequence, ids.slice(at, at + chunkTokens));
  }
  return { sequence, logits };
}

// Every token has a row of the whole vocabulary: 3 MB for 16 tokens and 49,152 entries.
const scoredChunkTokens = 16;

/**
 * Also tells how likely each token of the prompt was. `text` is the prompt's own, which the offsets count in.
 * Throws: the cancellation's own error between two runs.
 */
export async function scoredPrefill(
  decoder: Decoder,
  tokenizer: Tokenizer,
  prompt: { readonly ids: readonly number[]; readonly text: string },
  options: { readonly top: number; readonly chunkTokens: number },
  call: Cancellable,
): Promise<Prefilled & { readonly logprobs: readonly TokenLogprob[] }> {
  const { ids, text } = prompt;
  const chunkTokens = Math.min(options.chunkTokens, scoredChunkTokens);
  const offsets = offsetsIn(tokenizer, ids, text);
  const sequence = decoder.sequence();
  const logprobs: TokenLogprob[] = [];
  let before: Float32Array | undefined;
  for (let at = 0; at < ids.length; at += chunkTokens) {
    call.throwIfCancelled();
    const chunk = ids.slice(at, at + chunkTokens);
    const rows = await decoder.appendRows(sequence, chunk);
    for (const [index, token] of chunk.entries()) {
      const place = before === undefined ? undefined : new LogProbabilities(before);
      logprobs.push(tokenLogprob(tokenizer, token, offsets[at + index] ?? text.length, place, options.top));
      before = rows[index];
    }
  }
  return { sequence, logits: before ?? new Float32Array(0), logprobs };
}

function offsetsIn(tokenizer: Tokenizer, ids: readonly number[], text: string): number[] {
  const characters = new TextDecoder('utf-8', { ignoreBOM: true });
  let length = 0;
  const before = ids.map((id) => {
    const offset = length;
    length += characters.decode(Uint8Array.from(tokenizer.piece(id).bytes), { stream: true }).length;
    return offset;
  });
  // Special tokens that the tokenizer put before a text are not in it.
  const added = Math.max(0, length - text.length);
  return before.map((offset) => Math.max(0, offset - added));
}
