// The requests of one workload: what each asks, and the form that its route gives it.

import type { PreparedRequest } from '../prepared-request.ts';
import type { Source, Workload } from '../scenario-schema.ts';
import { drawLength, type Random } from './lengths.ts';
import type { Ask, InspectedReader } from './route-form.ts';
import { routes } from './routes.ts';
import { textSource } from './text-source.ts';

// What a source of words is without `words`: short prompts, and sentences, as servers are usually compared by.
const usualWords = { generated: 32, others: 16 };
const usualSource: Source = { random: { shared_prefix_words: 0, prefixes: 1 } };

// To parse 384 numbers takes 41 µs, a fifth of a core at 5,000 answers a second. The first answers show what is always wrong, a share of
// the rest what is wrong at times; of the others every byte is still seen.
const thoroughFirst = 16;
const thoroughShare = 1 / 16;

/**
 * What the request with that place asks; `random` is that request's own. `seed` is for what all requests share.
 * Throws: invalid_config with the file and the line of what cannot be read.
 */
export function asker(workload: Workload, baseDir: string, seed: number, salt: number): (index: number, random: Random) => Ask {
  const { route, source = usualSource, max_tokens: maxTokens, texts_per_request: texts = 1 } = workload;
  const isShort = route === 'embeddings' || route === 'predict';
  const draw = textSource(source, baseDir, { usualWords: isShort ? usualWords.others : usualWords.generated, texts, seed, salt });
  return (index, random) => {
    const prompts = draw(index, drawLength(texts, random), random);
    const limit = maxTokens === undefined ? {} : { maxTokens: drawLength(maxTokens, random) };
    return { prompts, ...limit, isThorough: index < thoroughFirst || random() < thoroughShare };
  };
}

export interface InspectableRequest extends PreparedRequest {
  /** Another reader, which keeps what it reads. */
  readonly inspect: () => InspectedReader;
}

/** Gives what is asked the form of the workload's route. What requests have in common is made once. */
export function preparer(workload: Workload): (ask: Ask) => InspectableRequest {
  const { route, model, path } = workload;
  const form = routes[route];
  const same = {
    workload: workloadName(workload),
    route,
    ...(model === undefined ? {} : { model }),
    path: path ?? form.path,
    headers: { 'content-type': 'application/json', ...form.headers(workload) },
  };
  const former = form.former(workload);
  return (ask) => {
    const { body, items, answer } = former(ask);
    return { ...same, body, items, answer: () => answer(false), inspect: () => answer(true) };
  };
}

/** A scenario that was read from a file has a name for each. */
export function workloadName({ name, route }: Workload): string {
  return name ?? route;
}
