// What the tests of the generator share: the model that ships, opened, and its events gathered.

import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { GenerationEvent, GenerationRequest, TokenLogprob } from '../../../src/contract/generation.ts';
import type { Cancellable } from '../../../src/contract/model.ts';
import { cancelError } from '../../../src/core/cancellation.ts';
import { TextGenerator } from '../../../workers/text/text-generator.ts';

export const dataDir = fileURLToPath(new URL('../../../models/smollm2/data/', import.meta.url));
export const native = { enter: () => undefined, leave: () => undefined };
export const threads = Math.min(2, cpus().length);

export const free: Cancellable = { signal: new AbortController().signal, cancelled: false, throwIfCancelled: () => undefined };

/** A call that is cancelled when `when` says so, and how often it was asked. */
export function cancelledWhen(when: (asked: number) => boolean): Cancellable & { readonly asked: number } {
  let asked = 0;
  return {
    signal: new AbortController().signal,
    get asked() {
      return asked;
    },
    get cancelled() {
      return when(asked);
    },
    throwIfCancelled() {
      asked += 1;
      if (when(asked)) throw cancelError('disconnect');
    },
  };
}

export function openGenerator(): Promise<TextGenerator> {
  return TextGenerator.open({ dataDir, threads, native });
}

export async function eventsOf(
  generator: TextGenerator,
  request: GenerationRequest,
  call: Cancellable = free,
): Promise<readonly GenerationEvent[]> {
  const events: GenerationEvent[] = [];
  for await (const event of generator.generate(request, call)) events.push(event);
  return events;
}

export function textOf(events: readonly GenerationEvent[], choice = 0): string {
  return events.map((event) => (event.type === 'text' && (event.choice ?? 0) === choice ? event.text : '')).join('');
}

export function logprobsOf(events: readonly GenerationEvent[], choice = 0): readonly TokenLogprob[] {
  return events.flatMap((event) => (event.type === 'text' && (event.choice ?? 0) === choice ? (event.logprobs ?? []) : []));
}
