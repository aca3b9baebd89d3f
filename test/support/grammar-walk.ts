// Random walks over the tokens that a grammar allows, with the shipped tokenizer: what they write shows what a model could.

import { readFileSync } from 'node:fs';
import { systemClock } from '../../src/core/clock.ts';
import type { OutputFormat } from '../../src/contract/generation.ts';
import { GrammarEngine } from '../../workers/grammar/grammar-engine.ts';
import { tokenBytes } from '../../workers/grammar/token-bytes.ts';
import type { ToolGrammar } from '../../workers/grammar/tool-grammar.ts';
import { CancellableCall } from './cancellable-call.ts';

const tokenizerFile = new URL('../../models/smollm2/data/tokenizer.json', import.meta.url);
const threadFile = new URL('../../dist/workers/grammar/grammar-thread.js', import.meta.url);
const stopId = 2;

/** Owns: the engine, closed by `close`. */
export class GrammarWalker {
  readonly #vocabulary: string[] = [];
  readonly #bytes: readonly string[];
  readonly #engine: GrammarEngine;

  constructor() {
    // The shape of the shipped file.
    const { model } = JSON.parse(readFileSync(tokenizerFile, 'utf8')) as { model: { vocab: Record<string, number> } };
    for (const [text, id] of Object.entries(model.vocab)) this.#vocabulary[id] = /^<.+>$/.test(text) ? '' : text;
    this.#bytes = tokenBytes(this.#vocabulary);
    this.#engine = GrammarEngine.open({ vocabulary: this.#vocabulary, stopIds: [stopId], clock: systemClock, threadFile });
  }

  /** Text of one walk. After `patience` tokens it takes what ends things soonest, so that every walk is finite. */
  async walk(format: OutputFormat | ToolGrammar, seed: number, patience = 12): Promise<string> {
    const constraint = await this.#engine.constrain(format, 'format', new CancellableCall());
    const next = random(seed);
    let out = '';
    try {
      for (let step = 0; step < 400; step += 1) {
        const logits = new Float32Array(this.#vocabulary.length);
        await constraint.apply(logits);
        const allowed = [...logits.keys()].filter((id) => logits[id] === 0);
        if (allowed.length === 0) throw new Error(`nothing may follow ${out}`);
        const closing = allowed.find((id) => id === stopId) ?? allowed.find((id) => /^["\]}]/.test(this.#vocabulary[id] ?? ''));
        const token = step > patience && closing !== undefined ? closing : (allowed[Math.floor(next() * allowed.length)] ?? 0);
        if (token === stopId) return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(out, 'latin1'));
        out += this.#bytes[token] ?? '';
        constraint.accept(token);
      }
      throw new Error(`the walk of seed ${seed} did not end`);
    } finally {
      constraint.close();
    }
  }

  /** Whether the whole text may be written. */
  async takes(format: OutputFormat | ToolGrammar, text: string): Promise<boolean> {
    const constraint = await this.#engine.constrain(format, 'format', new CancellableCall());
    try {
      if (!(await constraint.acceptText(text))) return false;
      const logits = new Float32Array(this.#vocabulary.length);
      await constraint.apply(logits);
      return logits[stopId] === 0;
    } finally {
      constraint.close();
    }
  }

  close(): Promise<void> {
    return this.#engine.close();
  }
}

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
