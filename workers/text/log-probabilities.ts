// How likely tokens are by the model's own distribution: raw logits at temperature 1, before bias, penalties and masks.

import type { TokenAlternative, TokenLogprob } from '../../src/contract/generation.ts';
import type { Tokenizer } from './tokenizer.ts';
import { largest } from './top-candidates.ts';

/** Natural logarithms of the probabilities at one place. Reads the logits whenever it is asked: they must stay as they are. */
export class LogProbabilities {
  readonly #logits: Float32Array;
  readonly #normaliser: number;

  constructor(logits: Float32Array) {
    this.#logits = logits;
    this.#normaliser = logSumExp(logits);
  }

  of(token: number): number {
    return (this.#logits[token] ?? Number.NEGATIVE_INFINITY) - this.#normaliser;
  }

  /** The likeliest tokens, best first, the lower id among equals. */
  top(count: number): number[] {
    if (count === 0) return [];
    return largest(this.#logits, count).sort((a, b) => (this.#logits[b] ?? 0) - (this.#logits[a] ?? 0) || a - b);
  }
}

/** The entry of one token. `place` absent: nothing comes before the token, so nothing tells how likely it is. */
export function tokenLogprob(
  tokenizer: Pick<Tokenizer, 'piece'>,
  token: number,
  offset: number,
  place: LogProbabilities | undefined,
  top: number,
): TokenLogprob {
  const alternative = (id: number): TokenAlternative => {
    const { text, bytes } = tokenizer.piece(id);
    return { id, token: text, bytes, logprob: place?.of(id) ?? null };
  };
  return { ...alternative(token), top: (place?.top(top) ?? []).map(alternative), offset };
}

// The sum is kept relative to the largest value so far, so that one pass suffices and nothing overflows.
function logSumExp(logits: Float32Array): number {
  let top = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (let index = 0; index < logits.length; index += 1) {
    const logit = logits[index] ?? 0;
    if (logit > top) {
      sum = sum * Math.exp(top - logit) + 1;
      top = logit;
    } else {
      sum += Math.exp(logit - top);
    }
  }
  return top + Math.log(sum);
}
