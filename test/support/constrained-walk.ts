// Random walks over the tokens that masks allow, with the shipped tokenizer.

import { readFileSync } from 'node:fs';
import type { OutputFormat } from '../../src/contract/generation.ts';
import { systemClock } from '../../src/core/clock.ts';
import { GrammarEngine } from '../../workers/grammar/grammar-engine.ts';
import { tokenBytes } from '../../workers/grammar/token-bytes.ts';
import type { ToolGrammar } from '../../workers/grammar/tool-grammar.ts';
import { CancellableCall } from './cancellable-call.ts';

export const stopId = 2;
/** What takes too long is tested by a clock of its own; here a busy machine may take its time. */
export const limits = { compileLimitMs: 50_000, maskLimitMs: 50_000 };
const tokenizerFile = new URL('../../models/smollm2/data/tokenizer.json', import.meta.url);
/** The threads run from the build. */
export const threadFile = new URL('../../dist/workers/grammar/grammar-thread.js', import.meta.url);

/** The vocabulary of the shipped model. A special token writes nothing. */
function shippedVocabulary(): string[] {
  // The shape of the shipped file.
  const tokenizer = JSON.parse(readFileSync(tokenizerFile, 'utf8')) as {
    model: { vocab: Record<string, number> };
    added_tokens: { id: number; content: string; special: boolean }[];
  };
  const vocabulary: string[] = [];
  for (const [text, id] of Object.entries(tokenizer.model.vocab)) vocabulary[id] = text;
  for (const { id, content, special } of tokenizer.added_tokens) vocabulary[id] = special ? '' : content;
  return vocabulary;
}

/** Owns: an engine, ended by `close`. */
export class ConstrainedWalks {
  readonly vocabulary: readonly string[] = shippedVocabulary();
  readonly #bytes = tokenBytes(this.vocabulary);
  readonly engine = GrammarEngine.open({ vocabulary: this.vocabulary, stopIds: [stopId], clock: systemClock, threadFile, ...limits });

  /**
   * Text of one walk. After `patience` tokens it takes what ends things soonest, so that every walk is finite.
   * Throws: Error at a dead end, and when the walk does not end.
   */
  async walk(format: OutputFormat | ToolGrammar, seed: number, patience = 12): Promise<string> {
    const constraint = await this.engine.constrain(format, 'format', new CancellableCall());
    const next = random(seed);
    const out: string[] = [];
    try {
      for (let step = 0; step < 300; step += 1) {
        const logits = new Float32Array(this.vocabulary.length);
        await constraint.apply(logits);
        const allowed = [...logits.keys()].filter((id) => logits[id] === 0);
        if (allowed.length === 0) throw new Error(`a dead end after ${JSON.stringify(out.join(''))}`);
        const closing = allowed.find((id) => id === stopId) ?? allowed.find((id) => /^["\]}]/.test(this.#bytes[id] ?? ''));
        const token = step > patience && closing !== undefined ? closing : (allowed[Math.floor(next() * allowed.length)] ?? 0);
        if (token === stopId) return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(out.join(''), 'latin1'));
        out.push(this.#bytes[token] ?? '');
        constraint.accept(token);
      }
      throw new Error(`the walk of seed ${seed} did not end`);
    } finally {
      constraint.close();
    }
  }

  /** Whether the text may begin so, and end there. */
  async accepts(format: OutputFormat | ToolGrammar, text: string): Promise<boolean> {
    const constraint = await this.engine.constrain(format, 'format', new CancellableCall());
    try {
      if (!(await constraint.acceptText(text))) return false;
      const logits = new Float32Array(this.vocabulary.length);
      await constraint.apply(logits);
      return logits[stopId] === 0;
    } finally {
      constraint.close();
    }
  }

  close(): Promise<void> {
    return this.engine.close();
  }
}

export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
