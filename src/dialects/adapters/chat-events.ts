// Finished chat completions and their chunks as neutral events, so that another route can frame them.

import type { FinishReason, GenerationEvent, TokenLogprob } from '../../contract/generation.ts';
import { newId } from '../../core/ids.ts';
import { type Json, recordOf } from './record-of.ts';

/** Reads the wire objects of one reply. Keeps what it takes to tell first pieces from later ones. */
export class ChatReader {
  readonly #called = new Set<string>();
  readonly #characters = new Map<number, number>();
  #counted = false;

  /** Whether a value has the form that `take` reads. */
  static reads(value: unknown): value is Json {
    return recordOf(value) !== undefined && Array.isArray(recordOf(value)?.['choices']);
  }

  /** A `chat.completion`, or one `chat.completion.chunk`. */
  *take(reply: Json): Generator<GenerationEvent, void, void> {
    const usage = usageOf(reply['usage']);
    const choices = listOf(reply['choices']).map((choice) => recordOf(choice) ?? {});
    // What a route has to tell at its beginning: the tokens of the prompt.
    const isWhole = choices.some((choice) => 'message' in choice);
    if (isWhole && usage !== undefined) yield { ...usage, completionTokens: 0 };
    for (const choice of choices) yield* this.#choice(choice);
    if (usage === undefined) return;
    this.#counted = true;
    yield usage;
  }

  /** What a reply without usage still owes. */
  *end(): Generator<GenerationEvent, void, void> {
    if (!this.#counted) yield { type: 'usage', promptTokens: 0, completionTokens: 0 };
  }

  *#choice(choice: Json): Generator<GenerationEvent, void, void> {
    const index = countOf(choice['index']);
    const at = index === 0 ? {} : { choice: index };
    const message = recordOf(choice['delta']) ?? recordOf(choice['message']) ?? {};
    const text = stringOf(message['content']) || stringOf(message['refusal']);
    const logprobs = this.#logprobs(index, recordOf(choice['logprobs']), text);
    if (text !== '' || logprobs !== undefined) yield { type: 'text', text, ...at, ...(logprobs === undefined ? {} : { logprobs }) };
    for (const [position, call] of listOf(message['tool_calls']).entries()) {
      const record = recordOf(call) ?? {};
      // Only chunks number their calls.
      yield { ...this.#call(index, typeof record['index'] === 'number' ? countOf(record['index']) : position, record), ...at };
    }
    const reason = finishOf(choice['finish_reason']);
    if (reason !== undefined) yield { type: 'finish', reason, ...at };
  }

  #call(choice: number, call: number, record: Json): Extract<GenerationEvent, { type: 'toolCall' }> {
    const { name, arguments: args } = recordOf(record['function']) ?? {};
    const key = `${choice} ${call}`;
    const piece = { type: 'toolCall', call, arguments: stringOf(args) } as const;
    if (this.#called.has(key)) return piece;
    this.#called.add(key);
    return { ...piece, id: stringOf(record['id']) || newId('call'), name: stringOf(name) };
  }

  #logprobs(choice: number, logprobs: Json | undefined, text: string): readonly TokenLogprob[] | undefined {
    const before = this.#characters.get(choice) ?? 0;
    this.#characters.set(choice, before + text.length);
    if (!Array.isArray(logprobs?.['content'])) return undefined;
    let offset = before;
    return logprobs['content'].map((value: unknown) => {
      const entry = recordOf(value) ?? {};
      const token = {
        ...alternativeOf(entry),
        top: listOf(entry['top_logprobs']).map((other) => alternativeOf(recordOf(other) ?? {})),
        offset,
      };
      offset += token.token.length;
      return token;
    });
  }
}

/** The wire has no ids of tokens. */
const unknownId = -1;

function alternativeOf(entry: Json): Pick<TokenLogprob, 'id' | 'token' | 'bytes' | 'logprob'> {
  const token = stringOf(entry['token']);
  const bytes: readonly unknown[] = Array.isArray(entry['bytes']) ? entry['bytes'] : [...new TextEncoder().encode(token)];
  const { logprob } = entry;
  return { id: unknownId, token, bytes: bytes.map(countOf), logprob: typeof logprob === 'number' ? logprob : null };
}

function usageOf(value: unknown): Extract<GenerationEvent, { type: 'usage' }> | undefined {
  const usage = recordOf(value);
  if (usage === undefined) return undefined;
  const cached = recordOf(usage['prompt_tokens_details'])?.['cached_tokens'];
  return {
    type: 'usage',
    promptTokens: countOf(usage['prompt_tokens']),
    completionTokens: countOf(usage['completion_tokens']),
    ...(typeof cached === 'number' ? { cachedTokens: countOf(cached) } : {}),
  };
}

function finishOf(reason: unknown): FinishReason | undefined {
  if (typeof reason !== 'string') return undefined;
  if (reason === 'tool_calls' || reason === 'function_call') return 'toolCalls';
  return reason === 'length' ? 'length' : 'stop';
}

function countOf(value: unknown): number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : 0;
}

function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
