// All texts of one prompt: it is read once, and every text continues a copy of what was read.

import type { GenerationEvent } from '../../src/contract/generation.ts';
import type { Cancellable } from '../../src/contract/model.ts';
import type { Constraint } from '../grammar/constraint.ts';
import { ChoiceRun, type ChoiceSetting } from './choice-run.ts';
import type { Prefilled } from './prefill.ts';
import { seededRandom } from '../../src/core/seeded-random.ts';

export interface PromptRunOptions {
  readonly setting: ChoiceSetting;
  readonly prefilled: Prefilled;
  /** Texts to tell, and to generate: the likeliest are kept. */
  readonly choices: number;
  readonly bestOf: number;
  /** The `choice` of the first text. */
  readonly firstChoice: number;
  /** Opens the constraint of the next text; undefined where any text will do. */
  readonly constrain: () => Promise<Constraint | undefined>;
}

/**
 * Tells each text as it comes; where some are not kept, all of them when it is known which. Returns the tokens of all.
 * Throws: the cancellation's own error between two steps.
 */
export async function* promptRun(options: PromptRunOptions, call: Cancellable): AsyncGenerator<GenerationEvent, number, undefined> {
  const { setting, choices, bestOf, firstChoice } = options;
  let tokens = 0;
  let kept: { readonly events: readonly GenerationEvent[]; readonly rate: number }[] = [];
  for (let index = 0; index < bestOf; index += 1) {
    call.throwIfCancelled();
    const constraint = await options.constrain();
    const run = new ChoiceRun(setting, {
      seed: choiceSeed(setting.request.seed, index),
      ...(constraint === undefined ? {} : { constraint }),
    });
    // The last text may use up the original.
    const events = run.events(index === bestOf - 1 ? options.prefilled : copyOf(options.prefilled), call);
    if (bestOf === choices) {
      for await (const event of events) yield numbered(event, firstChoice + index);
    } else {
      const held: GenerationEvent[] = [];
      for await (const event of events) held.push(event);
      // Those that cannot be kept any more are let go at once. The sort is stable: among equals the earlier one wins.
      kept = [...kept, { events: held, rate: run.meanLogprob }].sort((a, b) => descending(a.rate, b.rate)).slice(0, choices);
    }
    tokens += run.completionTokens;
  }
  for (const [index, { events }] of kept.entries()) for (const event of events) yield numbered(event, firstChoice + index);
  return tokens;
}

/** The seed of one of several texts. The first has the request's own, so that asking for more texts does not change it. */
export function choiceSeed(seed: number | undefined, index: number): number | undefined {
  if (seed === undefined || index === 0) return seed;
  // Not the seed plus the index: the second text would be the first one of the next seed.
  const random = seededRandom(seed);
  let derived = 0;
  for (let at = 0; at < index; at += 1) derived = Math.floor(random() * 2 ** 48);
  return derived;
}

function copyOf({ sequence, logits }: Prefilled): Prefilled {
  return { sequence: sequence.fork(), logits: logits.slice() };
}

// Two texts of nothing are equal; their difference would be no number.
function descending(a: number, b: number): number {
  return a === b ? 0 : b - a;
}

function numbered(event: GenerationEvent, choice: number): GenerationEvent {
  return choice === 0 || event.type === 'usage' ? event : { ...event, choice };
}
