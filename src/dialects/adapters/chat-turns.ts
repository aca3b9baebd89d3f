// A conversation in the shape of chat completions, put together turn by turn by the translators of other routes.

import { InferenceError } from '../../core/errors.ts';
import { describe } from '../check.ts';

export interface ChatToolCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

export type ChatPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image_url'; readonly image_url: { readonly url: string; readonly detail?: string } }
  | { readonly type: 'file'; readonly file: Readonly<Record<string, unknown>> }
  | { readonly type: 'input_audio'; readonly input_audio: unknown };

export interface ChatTurn {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  /** Absent: of an assistant that only called. */
  readonly content?: string | readonly ChatPart[];
  readonly tool_calls?: readonly ChatToolCall[];
  readonly tool_call_id?: string;
}

/** A string where all is text, as most templates and classes want it. */
export function contentOf(parts: readonly ChatPart[]): string | readonly ChatPart[] {
  const texts = parts.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  return texts.length === parts.length ? texts.join('\n') : parts;
}

/** Two turns of one role as one: texts below each other, calls after calls. */
export function mergedTurn(first: ChatTurn, second: ChatTurn): ChatTurn {
  const calls = [...(first.tool_calls ?? []), ...(second.tool_calls ?? [])];
  const contents = [first.content, second.content].filter((content) => content !== undefined);
  return {
    role: first.role,
    ...(contents.length === 0 ? {} : { content: contentOf(contents.flatMap(partsOf)) }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
}

function partsOf(content: string | readonly ChatPart[]): readonly ChatPart[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

export function toolCall(id: string, name: string, args: string): ChatToolCall {
  return { id, type: 'function', function: { name, arguments: args } };
}

export function functionTool(name: string, description: unknown, parameters: unknown, strict: unknown): object {
  return { type: 'function', function: defined({ name, description, parameters, strict }) };
}

/** `strict` is what both other APIs mean where they say nothing. */
export function schemaFormat(name: unknown, description: unknown, schema: unknown, strict: unknown): object {
  return { type: 'json_schema', json_schema: defined({ name: name ?? 'output', description, schema, strict: strict ?? true }) };
}

/** The members that are there: null and undefined mean absent. */
export function defined(members: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== null));
}

/** What a stream has to tell at its end, for the usage of the route that asked. */
export function streamOf(stream: unknown): object {
  return stream === true ? { stream, stream_options: { include_usage: true } } : {};
}

/** Throws: InferenceError `missing_required_parameter` or `invalid_type` at the member. */
export function textMember(value: object, key: string, path: string): string {
  const found: unknown = Reflect.get(value, key);
  if (typeof found === 'string') return found;
  const code = found === undefined ? 'missing_required_parameter' : 'invalid_type';
  throw new InferenceError(code, `expected ${path}.${key} to be string, got ${describe(found)}`, { param: `${path}.${key}` });
}

/** Throws always: InferenceError `unsupported_value` for what an API has and a chat cannot hold. */
export function refuse(param: string, allowed: string): never {
  throw new InferenceError('unsupported_value', `expected ${param} to be ${allowed}, got one that a chat cannot hold`, { param });
}
