// Capabilities as `/v1/models` shows them: in the style of Anthropic's list, with names of our own where that has none.

import type { ModelCapabilities } from '../contract/capabilities.ts';

interface Entry {
  readonly supported: boolean;
  readonly [detail: string]: unknown;
}

/** Every entry is always there. */
export function capabilityView(capabilities: ModelCapabilities): Readonly<Record<string, Entry>> {
  const flag = (declared: boolean | undefined): Entry => ({ supported: declared === true });
  const { dimensions, maxChoices = 1, reasoning, topLogprobs } = capabilities;
  return {
    // Anthropic's names.
    batch: flag(false),
    citations: flag(false),
    code_execution: flag(false),
    // That names ways of editing a conversation of its own API.
    context_management: flag(false),
    effort: flag(reasoning),
    image_input: flag(capabilities.images),
    pdf_input: flag(capabilities.files),
    structured_outputs: flag(capabilities.structuredOutputs),
    thinking: { ...flag(reasoning), types: { adaptive: flag(reasoning), enabled: flag(reasoning) } },
    // Our own.
    tools: flag(capabilities.tools),
    grammars: flag(capabilities.grammars),
    logprobs: topLogprobs === undefined ? flag(false) : { supported: true, max: topLogprobs },
    logit_bias: flag(capabilities.logitBias),
    penalties: flag(capabilities.penalties),
    candidate_limits: flag(capabilities.candidateLimits),
    end_control: flag(capabilities.endControl),
    choices: { supported: maxChoices > 1, max: maxChoices },
    several_prompts: flag(capabilities.severalPrompts),
    echo: flag(capabilities.echo),
    suffix: flag(capabilities.suffix),
    truncation: flag(capabilities.truncation),
    audio_input: flag(capabilities.audio),
    file_input: flag(capabilities.files),
    dimensions: dimensions === undefined ? flag(false) : { supported: true, allowed: dimensions },
  };
}
