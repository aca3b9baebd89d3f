// Small requests to the real model on every text route, whose parameters vary as much as the routes allow and whose answers are repeatable.

import fc from 'fast-check';

export type Path = '/v1/chat/completions' | '/v1/completions' | '/v1/responses' | '/v1/messages';

export interface StreamableRequest {
  readonly path: Path;
  readonly body: Readonly<Record<string, unknown>>;
}

type Field = fc.Arbitrary<unknown>;

const text = fc.constantFrom('Name three colours.', 'Say hello to Zoë 🙂.', 'What is 2 + 2?', 'Count to ten:', 'const x = [', 'Привет');
/** Beginnings of an answer; the last one ends inside a word. */
const begun = fc.constantFrom('Sure,', 'The answer is', '1, 2, 3', 'Hel');
const stops = fc.constantFrom('.', ',', ' the', '\n', 'e', '1', ' a b', 'Hello');
const tokenId = fc.integer({ min: 10, max: 49_151 });
const limit = fc.integer({ min: 1, max: 12 });

/** What the three OpenAI routes share. The seed makes any temperature repeatable. */
const sampling = {
  seed: fc.nat(),
  temperature: fc.constantFrom(0, 0, 0.4, 1, 1.7),
  top_p: fc.constantFrom(0.3, 0.9, 1),
  top_k: fc.constantFrom(0, 1, 20),
  min_p: fc.constantFrom(0, 0.05),
  frequency_penalty: fc.constantFrom(-1, 0.5, 2),
  presence_penalty: fc.constantFrom(-0.5, 1.5),
  repetition_penalty: fc.constantFrom(1.1, 1.5),
};
const biased = { logit_bias: fc.dictionary(tokenId.map(String), fc.constantFrom(-100, -5, 8), { maxKeys: 3, noNullPrototype: true }) };
const ends = {
  stop: fc.oneof(stops, fc.array(stops, { minLength: 1, maxLength: 3 })),
  min_tokens: fc.integer({ min: 0, max: 4 }),
  ignore_eos: fc.boolean(),
};
const texts = { n: fc.integer({ min: 1, max: 3 }) };

const turns = fc
  .tuple(fc.option(fc.constantFrom('Be brief.', 'Answer in French.')), text, fc.option(begun))
  .map(([system, user, beginning]) => [
    ...(system === null ? [] : [{ role: 'system', content: system }]),
    { role: 'user', content: user },
    ...(beginning === null ? [] : [{ role: 'assistant', content: beginning }]),
  ]);

const chat = bodyOf(
  { messages: turns, max_completion_tokens: limit, seed: sampling.seed },
  { ...sampling, ...biased, ...ends, ...texts, logprobs: fc.constant(true), top_logprobs: fc.integer({ min: 0, max: 4 }) },
).map((body) => ('top_logprobs' in body ? { ...body, logprobs: true } : body));

const ids = fc.array(tokenId, { minLength: 1, maxLength: 6 });
const prompt = fc.oneof(text, ids, fc.array(text, { minLength: 1, maxLength: 3 }), fc.array(ids, { minLength: 1, maxLength: 2 }));
const completions = bodyOf(
  { prompt, max_tokens: limit, seed: sampling.seed },
  { ...sampling, ...biased, ...ends, ...texts, echo: fc.constant(true), logprobs: fc.integer({ min: 0, max: 4 }) },
).chain((body) => ('echo' in body ? fc.constantFrom(body, { ...body, max_tokens: 0 }) : fc.constant(body)));

const responses = bodyOf(
  { input: fc.oneof(text, turns), max_output_tokens: limit, seed: sampling.seed },
  {
    ...sampling,
    instructions: fc.constantFrom('Be brief.', 'Answer in French.'),
    include: fc.constant(['message.output_text.logprobs']),
    top_logprobs: fc.integer({ min: 0, max: 4 }),
  },
);

// This route has no seed, so only what takes the likeliest token is repeatable.
const messages = bodyOf(
  { messages: turns.map((all) => all.filter(({ role }) => role !== 'system')), max_tokens: limit, top_k: fc.constant(1) },
  {
    system: fc.constantFrom('Be brief.', 'Answer in French.'),
    temperature: fc.constantFrom(0, 0.5, 1),
    top_p: fc.constantFrom(0.3, 1),
    stop_sequences: fc.array(stops, { minLength: 1, maxLength: 3 }),
  },
);

/** Any request of the four routes. The same seed gives the same ones. */
export const streamable: fc.Arbitrary<StreamableRequest> = fc.oneof(
  at('/v1/chat/completions', chat),
  at('/v1/completions', completions),
  at('/v1/responses', responses),
  at('/v1/messages', messages),
);

function at(path: Path, body: fc.Arbitrary<object>): fc.Arbitrary<StreamableRequest> {
  return body.map((fields) => ({ path, body: { model: 'smollm2', ...fields } }));
}

/** Each of the optional fields is there in two of five bodies. */
function bodyOf(required: Readonly<Record<string, Field>>, optional: Readonly<Record<string, Field>>): fc.Arbitrary<object> {
  const maybe = Object.entries(optional)
    .filter(([name]) => !(name in required))
    .map(([name, value]) => [name, fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 2, arbitrary: value })] as const);
  return fc
    .record({ ...required, ...Object.fromEntries(maybe) }, { noNullPrototype: true })
    .map((body) => Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)));
}
