// A body of `/v1/messages` as a body of `/v1/chat/completions`.

import type { CheckedBody } from '../../contract/dialect.ts';
import { InferenceError } from '../../core/errors.ts';
import type { MessageBlock, MessagesRequest, MessagesTool } from '../anthropic/messages-schema.ts';
import { unknownType } from '../check.ts';
import { unanswered } from '../openai/tool-calls.ts';
import { unservedBlocks } from '../policy/route-rules.ts';
import {
  type ChatPart,
  type ChatToolCall,
  type ChatTurn,
  contentOf,
  defined,
  functionTool,
  mergedTurn,
  refuse,
  schemaFormat,
  streamOf,
  textMember,
  toolCall,
} from './chat-turns.ts';

// What only repeats an earlier turn's thoughts.
const dropped = new Set(['thinking', 'redacted_thinking']);
// Known, and without a counterpart in a chat.
const refused = new Set(unservedBlocks);

/**
 * Fields that only bill, cache or hint are left out. `max_tokens` may be absent, as in a body that is only counted.
 * Throws: InferenceError with the path of what a chat cannot hold.
 */
export function messagesToChat(body: MessagesRequest | CheckedBody): CheckedBody {
  const request = body as Partial<MessagesRequest>; // A checked body passed the schema; one to be counted lacks `max_tokens`.
  const { output_config: output } = request;
  return defined({
    model: request.model,
    messages: messageTurns(request),
    max_completion_tokens: request.max_tokens,
    temperature: request.temperature,
    top_p: request.top_p,
    top_k: request.top_k,
    stop: request.stop_sequences?.length === 0 ? undefined : request.stop_sequences,
    ...messageTools(request),
    response_format: output?.format === undefined ? undefined : schemaFormat(undefined, undefined, output.format.schema, undefined),
    ...streamOf(request.stream),
  });
}

/**
 * What a chat says of the tools. Those that may not be called and that a chat cannot hold are left out.
 * Throws: InferenceError with the path of a tool, or of a choice, that no chat holds.
 */
export function messageTools(body: Partial<MessagesRequest> | CheckedBody): CheckedBody {
  const { tools, tool_choice: choice } = body as Partial<MessagesRequest>; // A checked body passed the schema.
  const isIdle = choice?.type === 'none';
  return {
    tools: tools?.flatMap((tool, index) => (isIdle && !isCustom(tool) ? [] : [toolOf(tool, `tools[${index}]`)])),
    tool_choice: choice === undefined ? undefined : choiceOf(choice),
    parallel_tool_calls: choice?.disable_parallel_tool_use === true ? false : undefined,
  };
}

/**
 * The conversation. Neighbours of one role are merged, as the hosted API does.
 * Throws: InferenceError with the path of a block that no chat holds.
 */
export function messageTurns({ system, messages = [] }: Partial<MessagesRequest>): readonly ChatTurn[] {
  const turns: ChatTurn[] = [];
  const add = (turn: ChatTurn): void => {
    const last = turns.at(-1);
    // Each result of a tool answers a call of its own.
    if (last?.role === turn.role && turn.role !== 'tool') turns[turns.length - 1] = mergedTurn(last, turn);
    else turns.push(turn);
  };
  if (system !== undefined) add({ role: 'system', content: textOf(system, 'system') });
  for (const [index, { role, content }] of messages.entries()) {
    const path = `messages[${index}].content`;
    if (typeof content === 'string') add({ role, content });
    else if (role === 'assistant') add(assistantTurn(content, path));
    else if (role === 'system') add({ role, content: textOf(content, path) });
    else for (const turn of userTurns(content, path)) add(turn);
  }
  if (turns.at(-1)?.tool_calls !== undefined) throw unanswered(`messages[${messages.length - 1}]`);
  return turns;
}

function assistantTurn(blocks: readonly MessageBlock[], path: string): ChatTurn {
  const parts: ChatPart[] = [];
  const calls: ChatToolCall[] = [];
  for (const [index, block] of blocks.entries()) {
    const at = `${path}[${index}]`;
    if (block.type === 'tool_use') {
      calls.push(toolCall(textMember(block, 'id', at), textMember(block, 'name', at), JSON.stringify(block.input ?? {})));
    } else parts.push(...partsOf(block, at));
  }
  const silent = parts.length === 0 && calls.length > 0;
  return { role: 'assistant', ...(silent ? {} : { content: contentOf(parts) }), ...(calls.length === 0 ? {} : { tool_calls: calls }) };
}

/** Results of tools are turns of their own, in the order of the blocks. */
function userTurns(blocks: readonly MessageBlock[], path: string): readonly ChatTurn[] {
  const turns: ChatTurn[] = [];
  let parts: ChatPart[] = [];
  const flush = (): void => {
    if (parts.length > 0) turns.push({ role: 'user', content: contentOf(parts) });
    parts = [];
  };
  for (const [index, block] of blocks.entries()) {
    const at = `${path}[${index}]`;
    if (block.type === 'tool_result') {
      flush();
      turns.push({ role: 'tool', tool_call_id: textMember(block, 'tool_use_id', at), content: resultOf(block, at) });
    } else parts.push(...partsOf(block, at));
  }
  flush();
  return turns.length === 0 ? [{ role: 'user', content: '' }] : turns;
}

/** A chat has no flag for a failure, so its text says it. */
function resultOf({ content, is_error }: MessageBlock, path: string): string {
  const text = content === undefined ? '' : textOf(content, `${path}.content`);
  return is_error === true ? `Error: ${text}` : text;
}

function textOf(content: string | readonly MessageBlock[], path: string): string {
  if (typeof content === 'string') return content;
  const parts = content.flatMap((block, index) => {
    const at = `${path}[${index}]`;
    return partsOf(block, at).map((part) => (part.type === 'text' ? part.text : refuse(`${at}.type`, '"text"')));
  });
  return parts.join('\n');
}

function partsOf(block: MessageBlock, path: string): readonly ChatPart[] {
  if (dropped.has(block.type)) return [];
  if (block.type === 'text') return [{ type: 'text', text: textMember(block, 'text', path) }];
  if (block.type === 'image') return [{ type: 'image_url', image_url: { url: imageUrl(block, path) } }];
  if (block.type === 'document') return [documentOf(block, path)];
  if (refused.has(block.type)) refuse(`${path}.type`, '"text"');
  if (block.type === 'tool_use' || block.type === 'tool_result') {
    const message = `expected ${path}.type to fit the role of its message, got a block of another role`;
    throw new InferenceError('invalid_value', message, { param: `${path}.type` });
  }
  throw unknownType(`${path}.type`, ['text', 'image', 'document', 'tool_use', 'tool_result', ...dropped, ...refused], block.type);
}

function imageUrl(block: MessageBlock, path: string): string {
  const at = `${path}.source`;
  const source = sourceOf(block, at);
  if (source.type === 'url') return textMember(source, 'url', at);
  if (source.type === 'base64') return dataUrl(source, at);
  return refuse(at, 'of type "base64" or "url"');
}

/** A document of text is text; a chat takes others by their bytes only. */
function documentOf(block: MessageBlock, path: string): ChatPart {
  const at = `${path}.source`;
  const source = sourceOf(block, at);
  if (source.type === 'text') return { type: 'text', text: textMember(source, 'data', at) };
  if (source.type !== 'base64') return refuse(at, 'of type "base64" or "text"');
  return { type: 'file', file: defined({ filename: block.title, file_data: dataUrl(source, at) }) };
}

function sourceOf({ source }: MessageBlock, path: string): Exclude<NonNullable<MessageBlock['source']>, string> {
  if (typeof source === 'object') return source;
  if (source === undefined) throw new InferenceError('missing_required_parameter', `expected ${path}, got nothing`, { param: path });
  throw new InferenceError('invalid_type', `expected ${path} to be object, got string`, { param: path });
}

function dataUrl(source: object, path: string): string {
  return `data:${textMember(source, 'media_type', path)};base64,${textMember(source, 'data', path)}`;
}

function toolOf(tool: MessagesTool, path: string): object {
  if (!isCustom(tool)) refuse(`${path}.type`, '"custom" or absent');
  return functionTool(textMember(tool, 'name', path), tool.description, tool.input_schema, tool.strict);
}

function isCustom({ type }: MessagesTool): boolean {
  return type === undefined || type === 'custom';
}

function choiceOf(choice: NonNullable<MessagesRequest['tool_choice']>): unknown {
  if (choice.type === 'tool') return { type: 'function', function: { name: textMember(choice, 'name', 'tool_choice') } };
  return choice.type === 'any' ? 'required' : choice.type;
}
