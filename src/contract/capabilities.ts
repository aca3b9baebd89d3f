// What a model can do beyond plain text in and plain text out. A request that asks for more than its model declares is refused by name.

/**
 * Declared by a class as `static capabilities`, or as a member `capabilities` that is read after `load`. What is absent is not there.
 * @example static capabilities = { tools: true, contextTokens: 8192 };
 */
export interface ModelCapabilities {
  /** Positions of prompt and answer together. */
  readonly contextTokens?: number;
  /** Most tokens of one answer. */
  readonly maxOutputTokens?: number;
  /** Calls functions: `tools`, `tool_choice`, and tool messages in the conversation. */
  readonly tools?: boolean;
  /** Holds to `json_object`, and to the JSON Schema of `json_schema`. */
  readonly structuredOutputs?: boolean;
  /** Holds to `guided_grammar` and `guided_regex`. */
  readonly grammars?: boolean;
  /** Most alternatives that `top_logprobs` may ask for. Absent: no log probabilities at all. */
  readonly topLogprobs?: number;
  readonly logitBias?: boolean;
  /** `frequency_penalty`, `presence_penalty`, `repetition_penalty`. */
  readonly penalties?: boolean;
  /** `top_k`, `min_p`. */
  readonly candidateLimits?: boolean;
  /** `min_tokens`, `ignore_eos`. */
  readonly endControl?: boolean;
  /** Most texts per prompt (`n`, `best_of`). Absent: 1. */
  readonly maxChoices?: number;
  /** Several prompts in one `completions` request. */
  readonly severalPrompts?: boolean;
  /** `echo` of the completions route. */
  readonly echo?: boolean;
  /** `suffix`: fills in the middle. */
  readonly suffix?: boolean;
  /** Drops the oldest turns of a conversation that does not fit (`truncation: auto`). */
  readonly truncation?: boolean;
  readonly images?: boolean;
  readonly audio?: boolean;
  /** Documents and files. */
  readonly files?: boolean;
  /** Thinks before it answers, and honours hints about how much. */
  readonly reasoning?: boolean;
  /** Lengths of vectors that `dimensions` may ask for; `any`: every one up to the model's own. Absent: only its own. */
  readonly dimensions?: 'any' | readonly number[];
}
