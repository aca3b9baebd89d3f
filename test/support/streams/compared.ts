// The reply to a request in one piece, and what its stream adds up to, in one form: they have to be equal.

import { eventsOf } from '../events-of.ts';
import { foldChat, foldCompletions, type WireObject } from '../fold-chunks.ts';
import type { Path } from './requests.ts';

/** Texts, ends, log probabilities and counts. What differs between any two calls, such as ids and times, is left out. */
export interface Told {
  readonly choices: readonly object[];
  readonly usage: unknown;
}

// biome-ignore lint/suspicious/noExplicitAny: reads what the routes document; what is missing makes the comparison fail
type Json = any;

export function toldWhole(path: Path, reply: Json): Told {
  switch (path) {
    case '/v1/chat/completions':
    case '/v1/completions':
      return { choices: reply.choices, usage: reply.usage };
    case '/v1/responses':
      return toldResponse(reply);
    case '/v1/messages':
      return {
        choices: [{ content: reply.content.map(textBlock), reason: reply.stop_reason, sequence: reply.stop_sequence }],
        usage: reply.usage,
      };
  }
}

/** `text` is of the whole stream. Throws: Error where a stream breaks a rule that clients rely upon. */
export function toldStream(path: Path, text: string): Told {
  const all = eventsOf(text).filter(({ data }) => data !== '[DONE]');
  const events: readonly Json[] = all.map(({ data }) => JSON.parse(data));
  switch (path) {
    case '/v1/chat/completions':
    case '/v1/completions': {
      const chunks: readonly WireObject[] = events;
      const choices = path === '/v1/completions' ? foldCompletions(chunks) : foldChat(chunks);
      return { choices, usage: chunks.at(-1)?.['usage'] };
    }
    case '/v1/responses': {
      const deltas = events.filter(({ type }) => type === 'response.output_text.delta');
      const told = toldResponse(events.at(-1).response);
      const pieces = { text: deltas.map(({ delta }) => delta).join(''), logprobs: deltas.flatMap(({ logprobs }) => logprobs) };
      return { ...told, choices: told.choices.map((choice) => ({ ...choice, ...pieces })) };
    }
    case '/v1/messages':
      return foldMessage(events);
  }
}

function toldResponse({ output, usage, status, incomplete_details }: Json): Told {
  const choices = output.map((item: Json) => ({ ...item.content[0], status: item.status, of: status, incomplete_details }));
  return { choices, usage };
}

function foldMessage(events: readonly Json[]): Told {
  const content = events
    .filter(({ type }) => type === 'content_block_start')
    .map(({ index, content_block: block }) => {
      const deltas = events.filter((event) => event.type === 'content_block_delta' && event.index === index);
      return textBlock({ ...block, text: block.text + deltas.map(({ delta }) => delta.text).join('') });
    });
  const [start, end] = [events[0].message, events.at(-2)];
  const { stop_reason: reason, stop_sequence: sequence } = end.delta;
  return { choices: [{ content, reason, sequence }], usage: { ...start.usage, ...end.usage } };
}

/** Without its list of quotations, which a stream tells piece by piece and so not at its start. */
function textBlock({ type, text }: Json): object {
  return { type, text };
}
