// What the engine and its grammar thread say to each other.

export interface GrammarThreadData {
  readonly vocabulary: readonly string[];
  readonly stopIds: readonly number[];
  readonly logitCount: number;
  /** Most compiled grammars kept. */
  readonly mostGrammars: number;
}

export type ToGrammarThread =
  | { readonly type: 'open'; readonly id: number; readonly ebnf: string; readonly isForeign: boolean; readonly mask: SharedArrayBuffer }
  | { readonly type: 'accept'; readonly id: number; readonly token: number }
  | { readonly type: 'acceptText'; readonly id: number; readonly text: string }
  | { readonly type: 'close'; readonly id: number };

/** `begun`: the compile starts now, and its time counts from here. */
export type FromGrammarThread =
  | { readonly type: 'begun'; readonly id: number }
  | { readonly type: 'ready'; readonly id: number; readonly accepted: boolean; readonly ended: boolean }
  | { readonly type: 'refused'; readonly id: number };
