// What the engine and its two grammar threads say to each other.

import type { OutputFormat } from '../../src/contract/generation.ts';
import type { GrammarProblem } from './grammar-problem.ts';
import type { SideRuleData } from './side-rules.ts';
import type { ToolGrammar } from './tool-grammar.ts';

export interface GrammarThreadData {
  readonly vocabulary: readonly string[];
  readonly stopIds: readonly number[];
  /** At least as many as the vocabulary has. */
  readonly logitCount: number;
  /** Most compiled grammars kept. */
  readonly mostGrammars: number;
}

export type AskedFormat = OutputFormat | ToolGrammar;

export interface WrittenGrammar {
  readonly ebnf: string;
  readonly side: SideRuleData;
}

/** A token that was chosen, or text that was there before. */
export type Accepted = number | string;

/** All but `close` are answered, in their order. */
export type ToGrammarThread =
  /** Write it, compile it, and keep nothing. */
  | { readonly type: 'try'; readonly format: AskedFormat }
  | {
      readonly type: 'open';
      readonly id: number;
      readonly grammar: WrittenGrammar;
      readonly mask: SharedArrayBuffer;
      /** What the text has already, when a thread takes over from another. */
      readonly accepted: readonly Accepted[];
    }
  | { readonly type: 'accept'; readonly id: number; readonly what: Accepted }
  | { readonly type: 'close'; readonly id: number };

export type GrammarAnswer =
  /** Of `try`. */
  | { readonly type: 'written'; readonly grammar: WrittenGrammar }
  /** Of `try`: the format cannot be used. */
  | { readonly type: 'refused'; readonly problem: Pick<GrammarProblem, 'code' | 'message' | 'path'> }
  /** Of `open` and `accept`: the mask is there. */
  | { readonly type: 'ready'; readonly isAccepted: boolean; readonly isEnded: boolean };

export type FromGrammarThread =
  | GrammarAnswer
  /** Said once, before any answer: the thread is up. */
  | { readonly type: 'started' }
  /** Instead of an answer. The library failed, and with it all that it holds: the thread is of no more use. */
  | { readonly type: 'broken' };
