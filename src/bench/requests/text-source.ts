// Where the texts of a workload come from: made of words, a fixed list, or a file.

import { resolve } from 'node:path';
import { seededRandom } from '../../core/seeded-random.ts';
import type { Length, Source } from '../scenario-schema.ts';
import { readDataset } from './dataset.ts';
import { drawLength, type Random } from './lengths.ts';
import type { Prompt } from './prompt.ts';
import { words } from './words.ts';

/** So many prompts for the request with that place; the generator is that request's own. */
export type TextSource = (index: number, count: number, random: Random) => readonly Prompt[];

export interface TextSourceOptions {
  /** What a source without `words` has. */
  readonly usualWords: number;
  /** How many texts a request takes. */
  readonly texts: Length;
  /** For what all requests share. */
  readonly seed: number;
  /** Moves the beginning of a list, so that each step begins elsewhere in it. */
  readonly salt: number;
}

/** Throws: invalid_config with the file and the line of what cannot be read. */
export function textSource(source: Source, baseDir: string, options: TextSourceOptions): TextSource {
  if ('random' in source) return randomText(source.random, options);
  const prompts = 'texts' in source ? source.texts.map((text) => ({ text })) : readDataset(resolve(baseDir, source.file), source);
  return fromList(prompts, options);
}

/** Words in a random order, after the beginning that requests have in common. `words` does not count that beginning. */
function randomText(
  { words: length, shared_prefix_words: prefixWords, prefixes: count }: Extract<Source, { random: unknown }>['random'],
  { usualWords, seed }: TextSourceOptions,
): TextSource {
  const shared = seededRandom(seed);
  const prefixes = prefixWords === 0 ? [] : Array.from({ length: count }, () => `${someWords(prefixWords, shared)} `);
  return (_index, texts, random) =>
    Array.from({ length: texts }, () => {
      const prefix = prefixes.length === 0 ? '' : pick(prefixes, random);
      return { text: prefix + someWords(drawLength(length ?? usualWords, random), random) };
    });
}

function someWords(count: number, random: Random): string {
  let text = pick(words, random);
  for (let word = 1; word < count; word++) text += ` ${pick(words, random)}`;
  return text;
}

// A prime, so that neighbouring steps begin far from each other in a list of nearly any length.
const saltStride = 7_919;

/**
 * In order, each once before any comes again, so that a request with the same place has the same texts. Where requests differ in how
 * many texts they take, the place of none follows from its index, and each text is drawn.
 */
function fromList(prompts: readonly Prompt[], { texts, salt }: TextSourceOptions): TextSource {
  if (typeof texts !== 'number') return (_index, count, random) => Array.from({ length: count }, () => pick(prompts, random));
  return (index, count) =>
    Array.from({ length: count }, (_, text) => at(prompts, (salt * saltStride + index * texts + text) % prompts.length));
}

function pick<T>(list: readonly T[], random: Random): T {
  return at(list, Math.floor(random() * list.length));
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new RangeError(`expected an index below ${list.length}, got ${index}`);
  return item;
}
