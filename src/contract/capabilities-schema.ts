// The shape of declared capabilities: a misspelt one would quietly leave a model without what it can do.

import Type from 'typebox';

const flag = Type.Optional(Type.Boolean());
const count = Type.Optional(Type.Integer({ minimum: 1 }));

/** Has the members of {@link ModelCapabilities}; a unit test holds the two together. */
export const capabilitiesSchema = Type.Object(
  {
    contextTokens: count,
    maxOutputTokens: count,
    tools: flag,
    structuredOutputs: flag,
    grammars: flag,
    topLogprobs: Type.Optional(Type.Integer({ minimum: 0, maximum: 20 })),
    logitBias: flag,
    penalties: flag,
    candidateLimits: flag,
    endControl: flag,
    maxChoices: count,
    severalPrompts: flag,
    echo: flag,
    suffix: flag,
    truncation: flag,
    images: flag,
    audio: flag,
    files: flag,
    reasoning: flag,
    dimensions: Type.Optional(Type.Union([Type.Literal('any'), Type.Array(Type.Integer({ minimum: 1 }), { minItems: 1 })])),
  },
  { additionalProperties: false },
);
