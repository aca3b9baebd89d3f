// What the engine and its grammar thread say to each other.

import type { GrammarProblem } from './grammar-problem.ts';
import type { SideRuleData } from './side-rules.ts';

export interface GrammarThreadData {
  readonly vocabulary: readonly string[];
  readonly stopIds: readonly number[];
  readonly logitCount: number;
  /** Most compiled grammars kept. */
  readonly mostGrammars: number;
}

export interface WrittenGrammar {
  readonly ebnf: string;
  readonly side: SideRuleData;
  /** Not written by heddle. */
  readonly isForeign: boolean;
}

/** A token that was chosen, or text that was there before. */
export type Accepted = number | string;

/** All but `close` are answered, in their order. */
export type ToGrammarThread =
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

export type FromGrammarThread =
  | { readonly type: 'ready'; readonly id: number; readonly isAccepted: boolean; readonly isEnded: boolean }
  /** The library failed, and with it all that it holds: the thread is of no more use. */
  | { readonly type: 'broken'; readonly id: number }
  /** The grammar cannot be used. */
  | { readonly type: 'refused'; readonly id: number; readonly code: GrammarProblem['code']; readonly message: string };
