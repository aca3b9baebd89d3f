// Schema members that the chat and completion routes share beside sampling: each field has a line that OpenAPI shows.

import Type from 'typebox';

/** A field that changes nothing about the answer, so that any form of it passes. */
export const ignored = (what: string) => Type.Optional(Type.Unknown({ description: `Ignored: ${what}.` }));

/** A field that is known and refused unless neutral, so that its form does not matter. */
export const refused = (what: string) => Type.Optional(Type.Unknown({ description: `Refused unless neutral: ${what}.` }));

export const modelField = Type.Optional(
  Type.String({ minLength: 1, description: 'Name or alias of a served model. Not needed where only one has this route.' }),
);

// Each model has a limit of its own, which the policy tells: one here would be told first, and is seldom the model's.
const choices = { minimum: 1, maximum: Number.MAX_SAFE_INTEGER };

export const choicesField = Type.Optional(
  Type.Integer({ ...choices, description: 'Texts per prompt; `capabilities` of the model tells how many. Default 1.' }),
);

export const bestOfField = Type.Optional(
  Type.Integer({
    ...choices,
    description: 'Generate this many per prompt and keep the n likeliest. Not for streams.',
  }),
);

/** Ignored, but for a wrong type, which is a mistake of the client. */
export const userField = Type.Optional(Type.String({ description: 'Ignored: the caller.' }));

/** Hints, accounts and caches of the hosted API. */
export const telemetryFields = {
  user: userField,
  metadata: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: 'Ignored: labels for a store that is not kept.' })),
  store: ignored('nothing is stored'),
  safety_identifier: ignored('the caller'),
  prompt_cache_key: ignored('a hint to a cache'),
  prompt_cache_retention: ignored('a hint to a cache'),
  prompt_cache_options: ignored('a hint to a cache'),
  service_tier: ignored('there is one tier'),
  moderation: ignored('no moderation is run'),
  reasoning_effort: ignored('a hint to reasoning models'),
  verbosity: ignored('a hint'),
  prediction: ignored('a hint that only saves time'),
};

/** Extensions of other local servers that no shipped engine has. */
export const foreignFields = {
  mirostat: refused('another sampler'),
  typical_p: refused('another sampler'),
  grammar: refused('a grammar in another notation; see guided_grammar'),
  chat_template_kwargs: refused('values for the template'),
  suffix: refused('text after the gap'),
};
