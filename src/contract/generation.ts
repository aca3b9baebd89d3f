// What a text generator is asked for and what it yields, free of any wire format.

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string;
  /** Of an assistant: what it called in this turn. */
  readonly toolCalls?: readonly ToolCall[];
  /** Of a tool: the call that it answers. */
  readonly toolCallId?: string;
}

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON text of an object. */
  readonly arguments: string;
}

/** A function the model may ask its caller to run. */
export interface ToolDefinition {
  readonly name: string;
  readonly description?: string;
  /** JSON Schema of an object. Absent: any object. */
  readonly parameters?: object;
}

export interface ToolChoice {
  /** `required`: at least one call, and no text. */
  readonly mode: 'auto' | 'none' | 'required';
  /** Only these may be called. Absent: all of them. */
  readonly names?: readonly string[];
}

/** What the whole text has to be. */
export type OutputFormat =
  /** Any JSON object. */
  | { readonly kind: 'json' }
  | { readonly kind: 'jsonSchema'; readonly schema: object }
  /** EBNF whose start is `root`. */
  | { readonly kind: 'grammar'; readonly ebnf: string }
  | { readonly kind: 'regex'; readonly pattern: string }
  /** One of these, at least one. */
  | { readonly kind: 'choice'; readonly choices: readonly string[] };

export type GenerationInput =
  /** `continueFinal`: the last message is an assistant's beginning, to be continued and not repeated. */
  | { readonly kind: 'chat'; readonly messages: readonly ChatMessage[]; readonly continueFinal: boolean }
  | PromptInput
  /** Several prompts of one request, at least one; each gets its own choices. */
  | { readonly kind: 'several'; readonly prompts: readonly PromptInput[] };

/** A prompt that no template is put around. */
export type PromptInput =
  | { readonly kind: 'text'; readonly text: string }
  /** Ids of the served model's own vocabulary. */
  | { readonly kind: 'tokens'; readonly ids: readonly number[] };

/** One generation. Absent fields take the engine's defaults; every present one is honoured. */
export interface GenerationRequest {
  readonly input: GenerationInput;
  /** Name of the wire field the prompt came from (`messages`, `prompt`, `input`), for errors about its length. */
  readonly inputParam: string;
  /** Most tokens to generate; 0 only together with `echo`. Default: what is left of the context. Clamped to it when larger. */
  readonly maxTokens?: number;
  /** Before this many tokens no end token is chosen. Default 0. */
  readonly minTokens?: number;
  /** Go on past end tokens until another limit. Default false. */
  readonly ignoreEos?: boolean;
  /** Drop the oldest turns, but no leading system message, when the conversation does not fit. Default false: it is refused. */
  readonly dropOldest?: boolean;
  /** Texts per prompt. Default 1. */
  readonly choices?: number;
  /** Generate this many per prompt and keep the `choices` likeliest by mean log probability. At least `choices`, its default. */
  readonly bestOf?: number;
  /** Tell log probabilities, and so many of the likeliest tokens at each place (0 to 20). Absent: none. */
  readonly logprobs?: number;
  /** The text begins with the prompt's own; with `logprobs` they cover it too. Not for chats. Default false. */
  readonly echo?: boolean;
  /** Added to the logits, by token id. */
  readonly logitBias?: ReadonlyMap<number, number>;
  readonly tools?: readonly ToolDefinition[];
  /** Where the tools stand in the body, for errors about them. Default `tools`. */
  readonly toolsParam?: 'tools' | 'functions';
  /** Default: `auto` where there are tools. */
  readonly toolChoice?: ToolChoice;
  /** Several calls in one turn. Default true. */
  readonly parallelToolCalls?: boolean;
  readonly format?: OutputFormat;
  /** Where the schema or grammar of `format` stands in the body, for errors about it. */
  readonly formatParam?: string;
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

/** One token of a text and how likely it was. */
export interface TokenLogprob extends TokenAlternative {
  /** The likeliest tokens at this place, best first. Empty where none were asked for. */
  readonly top: readonly TokenAlternative[];
  /** Characters of the choice's text before this token. */
  readonly offset: number;
}

export interface TokenAlternative {
  readonly id: number;
  /** Its text alone; a token that ends inside a character shows U+FFFD there. */
  readonly token: string;
  readonly bytes: readonly number[];
  /** Natural logarithm, of the model's own distribution at temperature 1. Null: of the first token of an echoed prompt. */
  readonly logprob: number | null;
}

/**
 * What a generation yields. Order: one `usage` when the prompts are counted (completionTokens 0), `text` and `toolCall` any number of
 * times, one `finish` per choice, one final `usage`. Text never splits a code point. `choice` counts through all prompts: prompt index
 * times choices, plus the choice; absent is 0. Choices may interleave.
 */
export type GenerationEvent =
  /** `logprobs`: of the tokens that begin in this text, and at the end of a choice of those that show none. None of what a stop string cut off. */
  | { readonly type: 'text'; readonly text: string; readonly choice?: number; readonly logprobs?: readonly TokenLogprob[] }
  /** A call, piece by piece: `id` and `name` come with its first piece only; the `arguments` of all pieces are one JSON text. */
  | {
      readonly type: 'toolCall';
      readonly choice?: number;
      /** Counts the calls of the choice from 0. */
      readonly call: number;
      readonly id?: string;
      readonly name?: string;
      readonly arguments: string;
    }
  | {
      readonly type: 'finish';
      readonly choice?: number;
      /** `stop`: end token or a stop string; `length`: the token limit; `toolCalls`: the caller has to run what was called. */
      readonly reason: FinishReason;
      /** The stop string that matched, if one did. */
      readonly stopSequence?: string;
    }
  /** Tokens of all prompts, each counted once, and of all choices, those that were not kept included. */
  | {
      readonly type: 'usage';
      readonly promptTokens: number;
      readonly completionTokens: number;
      /** Of the prompts', those that a cache of earlier ones spared. Absent: there is no cache to tell of. */
      readonly cachedTokens?: number;
    };

export type FinishReason = 'stop' | 'length' | 'toolCalls';

/** Neutral result of `embeddings`, framed by the route's dialect. Shapes: one vector of the same length per input. */
export interface EmbeddingsResult {
  readonly vectors: readonly Float32Array[];
  readonly usage: { readonly promptTokens: number };
}
