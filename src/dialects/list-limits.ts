// How long the lists of a request may be. These only bound what the main thread walks before a model sees the request; the model's
// own check of its context is exact, and comes later.

/** OpenAI's own limit of inputs, which clients split their batches by. */
export const maxInputs = 2048;

/** Texts that one request of several prompts may have generated: as many as it has prompts at most, or each choice would multiply them. */
export const maxTexts = 2048;

/** Per input. Twice the 128 Ki context of the largest models that are served on a processor; milliseconds to check. */
export const maxTokenIds = 262_144;

/** Messages, or items of a conversation: the documented limit of the hosted Messages API. */
export const maxMessages = 100_000;

/** Parts of one message, far above what any client sends. */
export const maxParts = 10_000;
