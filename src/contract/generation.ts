// What a text generator is asked for and what it yields, free of any wire format.

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string;
}

export type GenerationInput =
  /** `continueFinal`: the last message is an assistant's beginning, to be continued and not repeated. */
  | { readonly kind: 'chat'; readonly messages: readonly ChatMessage[]; readonly continueFinal: boolean }
  | { readonly kind: 'text'; readonly text: string }
  /** Ids of the served model's own vocabulary. */
  | { readonly kind: 'tokens'; readonly ids: readonly number[] };

/** One generation. Absent fields take the engine's defaults; every present one is honoured. */
export interface GenerationRequest {
  readonly input: GenerationInput;
  /** Name of the wire field the prompt came from (`messages`, `prompt`, `input`), for errors about its length. */
  readonly inputParam: string;
  /** Most tokens to generate, at least 1. Default: what is left of the context. Clamped to it when larger. */
  readonly maxTokens?: number;
  /** 0 is greedy. Default 1. */
  readonly temperature?: number;
  /** 0 to 1. Default 1. */
  readonly topP?: number;
  /** 0 or absent: off. */
  readonly topK?: number;
  /** 0 to 1. Default 0. */
  readonly minP?: number;
  /** Above 0. Default 1 (none). */
  readonly repetitionPenalty?: number;
  /** −2 to 2. Default 0. */
  readonly frequencyPenalty?: number;
  /** −2 to 2. Default 0. */
  readonly presencePenalty?: number;
  /** Same seed, request and version: same text. Default: random. */
  readonly seed?: number;
  /** Text never contains one of these. None is empty. */
  readonly stop?: readonly string[];
}

/**
 * What a generation yields. Order: one `usage` when the prompt is counted (completionTokens 0), `text` any number of
 * times, one `finish`, one final `usage`. Text never splits a code point.
 */
export type GenerationEvent =
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'finish';
      /** `stop`: end token or a stop string; `length`: the token limit. */
      readonly reason: 'stop' | 'length';
      /** The stop string that matched, if one did. */
      readonly stopSequence?: string;
    }
  | { readonly type: 'usage'; readonly promptTokens: number; readonly completionTokens: number };

/** Neutral result of `embeddings`, framed by the route's dialect. Shapes: one vector of the same length per input. */
export interface EmbeddingsResult {
  readonly vectors: readonly Float32Array[];
  readonly usage: { readonly promptTokens: number };
}
