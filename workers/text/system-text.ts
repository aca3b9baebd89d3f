// What a model is told beside the conversation: in its system message, since every template has a place for that.

import type { ChatMessage, GenerationRequest } from '../../src/contract/generation.ts';
import { offeredTools } from './offered-tools.ts';
import { spacedJson } from '../grammar/spaced-json.ts';

/** The conversation with a text at the end of its first system message, or with a system message of that text. */
export function withSystemText(messages: readonly ChatMessage[], text: string): readonly ChatMessage[] {
  const [first, ...rest] = messages;
  if (first?.role !== 'system') return [{ role: 'system', content: text }, ...messages];
  return [{ ...first, content: `${first.content}\n\n${text}` }, ...rest];
}

/**
 * Tells of a format of JSON; undefined for others, and where no text will be answered. The grammar holds the text to it anyway, but
 * a model that does not know where it is led writes what fits by chance: told of the schema, the shipped one answers right more often.
 */
export function formatText(request: Pick<GenerationRequest, 'format' | 'tools' | 'toolChoice'>): string | undefined {
  const { format, toolChoice } = request;
  const mayCall = offeredTools(request).length > 0;
  if (format === undefined || (mayCall && toolChoice?.mode === 'required')) return undefined;
  const answer = mayCall ? 'Unless you call a tool, answer with' : 'Answer with';
  switch (format.kind) {
    case 'json':
      return `${answer} a JSON object and nothing else.`;
    case 'jsonSchema':
      return `${answer} JSON and nothing else. It has to fit this JSON Schema:\n${spacedJson(format.schema)}`;
    case 'grammar':
    case 'regex':
    case 'choice':
      // A pattern says nothing to a model about what is meant.
      return undefined;
  }
}
