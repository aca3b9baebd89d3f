// Anthropic's messages route.

import { generatingRoute } from './generating-route.ts';
import type { Heard } from './heard.ts';
import { field, isGiven, items } from './json-fields.ts';
import { type Prompt, turnsOf } from './prompt.ts';

export const messages = generatingRoute({
  path: '/v1/messages',
  // Servers of that API refuse a request without it.
  headers: () => ({ 'anthropic-version': '2023-06-01' }),
  limit: 'max_tokens',
  prompt: promptFields,
  protocol: {
    endsWithDone: false,
    whole: (value, heard) => {
      if (!Array.isArray(field(value, 'content'))) heard.fail('no list of content');
      for (const block of items(field(value, 'content'))) if (field(block, 'type') === 'text') heard.say(field(block, 'text'));
      heard.finishWith(field(value, 'stop_reason'));
      count(field(value, 'usage'), heard);
    },
    event: (value, heard) => {
      const type = field(value, 'type');
      if (type === 'content_block_delta') return sayDelta(field(value, 'delta'), heard);
      if (type === 'message_start') count(field(field(value, 'message'), 'usage'), heard);
      if (type === 'message_delta') {
        heard.finishWith(field(field(value, 'delta'), 'stop_reason'));
        count(field(value, 'usage'), heard);
      }
      if (type === 'message_stop') heard.end();
      return false;
    },
  },
});

/** What a system says stands beside the turns in this API. */
function promptFields(prompt: Prompt): Record<string, unknown> {
  const turns = turnsOf(prompt);
  const system = turns.filter(({ role }) => role === 'system').map(({ content }) => content);
  return {
    ...(system.length === 0 ? {} : { system: system.join('\n\n') }),
    messages: turns.filter(({ role }) => role !== 'system'),
  };
}

function sayDelta(delta: unknown, heard: Heard): boolean {
  const text = field(delta, 'text');
  return field(delta, 'type') === 'text_delta'
    ? heard.say(text)
    : heard.output(field(delta, 'thinking')) || heard.output(field(delta, 'partial_json'));
}

/** The prompt is told in three parts: what a cache kept of it, what it will keep, and the rest. */
function count(usage: unknown, heard: Heard): void {
  const input = field(usage, 'input_tokens');
  const cached = [field(usage, 'cache_read_input_tokens'), field(usage, 'cache_creation_input_tokens')];
  const parts = cached.filter((part) => typeof part === 'number');
  heard.count(
    isGiven(input) && typeof input === 'number' ? parts.reduce((sum, part) => sum + part, input) : input,
    field(usage, 'output_tokens'),
  );
}
