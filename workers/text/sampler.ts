// Chooses the next token from the logits. The order is fixed: bias, penalties, masks, temperature, top-k, softmax, top-p, min-p, draw.

import { randomInt } from 'node:crypto';
import type { GenerationRequest } from '../../src/contract/generation.ts';
import { seededRandom } from '../../src/core/seeded-random.ts';
import { largest, nucleusCutoff } from './top-candidates.ts';

export type SamplingOptions = Pick<
  GenerationRequest,
  'temperature' | 'topP' | 'topK' | 'minP' | 'repetitionPenalty' | 'frequencyPenalty' | 'presencePenalty' | 'seed' | 'logitBias'
>;

// Lighter candidates are below the precision of a double beside the likeliest one: all together they weigh under 1e-10.
const negligibleExponent = -36;

/** The sampling state of one sequence. */
export class Sampler {
  readonly #options: SamplingOptions;
  readonly #random: () => number;
  readonly #generated = new Map<number, number>();
  readonly #seen: Set<number>;

  /** `prompt` counts for the repetition penalty alone; the other two look at generated tokens, as their route documents. */
  constructor(options: SamplingOptions, prompt: readonly number[]) {
    this.#options = options;
    this.#seen = new Set(prompt);
    this.#random = seededRandom(options.seed ?? randomInt(2 ** 48 - 1));
  }

  /** Adds bias and penalties to `logits`. Whoever forbids tokens does it between this and `choose`. Shapes: logits [vocabulary]. */
  adjust(logits: Float32Array): void {
    for (const [token, bias] of this.#options.logitBias ?? []) logits[token] = (logits[token] ?? 0) + bias;
    this.#penalise(logits);
  }

  /** Chooses and remembers a token. Shapes: logits [vocabulary]; those of forbidden tokens are -Infinity. */
  choose(logits: Float32Array): number {
    const token = (this.#options.temperature ?? 1) === 0 ? argmax(logits) : this.#draw(logits);
    this.#seen.add(token);
    this.#generated.set(token, (this.#generated.get(token) ?? 0) + 1);
    return token;
  }

  #penalise(logits: Float32Array): void {
    const { repetitionPenalty = 1, frequencyPenalty = 0, presencePenalty = 0 } = this.#options;
    if (repetitionPenalty !== 1) {
      for (const token of this.#seen) {
        const logit = logits[token] ?? 0;
        // Dividing a negative logit would make the token likelier.
        logits[token] = logit > 0 ? logit / repetitionPenalty : logit * repetitionPenalty;
      }
    }
    if (frequencyPenalty === 0 && presencePenalty === 0) return;
    for (const [token, times] of this.#generated) logits[token] = (logits[token] ?? 0) - times * frequencyPenalty - presencePenalty;
  }

  #draw(logits: Float32Array): number {
    const { temperature = 1, topK = 0, topP = 1, minP = 0 } = this.#options;
    const best = argmax(logits);
    const top = logits[best] ?? 0;
    const candidates: ArrayLike<number> =
      topK > 0 && topK < logits.length ? largest(logits, topK) : within(logits, top + negligibleExponent * temperature);
    // Softmax without its divisor, relative to the top so that nothing overflows: the likeliest weighs exactly 1. Plain
    // loops, because iterators over a whole vocabulary cost ten times the arithmetic.
    const weights = new Float64Array(candidates.length);
    let total = 0;
    for (let at = 0; at < weights.length; at += 1) {
      const weight = Math.exp(((logits[candidates[at] ?? 0] ?? 0) - top) / temperature);
      weights[at] = weight;
      total += weight;
    }
    const cutoff = Math.max(topP < 1 ? nucleusCutoff(weights, topP * total) : 0, minP);
    let kept = 0;
    for (let at = 0; at < weights.length; at += 1) if ((weights[at] ?? 0) >= cutoff) kept += weights[at] ?? 0;
    let left = this.#random() * kept;
    for (let at = 0; at < weights.length; at += 1) {
      const weight = weights[at] ?? 0;
      if (weight < cutoff) continue;
      left -= weight;
      if (left < 0) return candidates[at] ?? best;
    }
    // Rounding can leave a crumb.
    return best;
  }
}

/** Index of the largest value, the lowest one among equals. */
export function argmax(values: Float32Array): number {
  let best = 0;
  let top = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? 0;
    if (value > top) {
      top = value;
      best = index;
    }
  }
  return best;
}

function within(logits: Float32Array, least: number): Int32Array {
  const indexes = new Int32Array(logits.length);
  let count = 0;
  for (let index = 0; index < logits.length; index += 1) {
    if ((logits[index] ?? 0) < least) continue;
    indexes[count] = index;
    count += 1;
  }
  return indexes.subarray(0, count);
}
