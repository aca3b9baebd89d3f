// A body of `/v1/responses` as a body of `/v1/chat/completions`.

import type { CheckedBody } from '../../contract/dialect.ts';
import { InferenceError } from '../../core/errors.ts';
import { describe, unknownType } from '../check.ts';
import { wantsLogprobs } from '../openai/response-output.ts';
import { callArguments, unanswered } from '../openai/tool-calls.ts';
import {
  type ChatPart,
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
import { type Json, recordOf } from './record-of.ts';
import { sharedFields } from './shared-fields.ts';

const itemTypes = ['message', 'function_call', 'function_call_output', 'reasoning', 'item_reference'];
const textTypes = new Set(['input_text', 'output_text', 'text']);
const roles: ReadonlyMap<unknown, ChatTurn['role']> = new Map([
  ['user', 'user'],
  ['assistant', 'assistant'],
  ['system', 'system'],
  ['developer', 'system'],
]);

/**
 * Items of reasoning are dropped, and fields that only hint or bill are left out.
 * Throws: InferenceError with the path of what a chat cannot hold.
 */
export function responsesToChat(body: CheckedBody): CheckedBody {
  const request = body;
  const text = recordOf(request['text']);
  const isRated = wantsLogprobs(request);
  return defined({
    ...sharedFields(request),
    messages: inputTurns(request),
    max_completion_tokens: request['max_output_tokens'],
    ...responseTools(request),
    response_format: formatOf(recordOf(text?.['format'])),
    logprobs: isRated ? true : undefined,
    top_logprobs: isRated ? request['top_logprobs'] : undefined,
    reasoning_effort: recordOf(request['reasoning'])?.['effort'],
    ...streamOf(request['stream']),
  });
}

/**
 * What a chat says of the tools. Those that may not be called and that a chat cannot hold are left out.
 * Throws: InferenceError with the path of a tool, or of a choice, that no chat holds.
 */
export function responseTools({ tools, tool_choice: choice, parallel_tool_calls }: CheckedBody): CheckedBody {
  const isIdle = choice === 'none';
  const given: readonly unknown[] = Array.isArray(tools) ? tools : [];
  const functions = given.flatMap((tool, index) => (isIdle && !isFunction(tool) ? [] : [toolOf(tool, `tools[${index}]`)]));
  return { tools: Array.isArray(tools) ? functions : undefined, tool_choice: choiceOf(choice), parallel_tool_calls };
}

/**
 * The conversation. A call joins the turn of the assistant before it, since a chat has both in one message.
 * Throws: InferenceError with the path of an item that no chat holds.
 */
export function inputTurns({ input, instructions }: CheckedBody): readonly ChatTurn[] {
  const turns: ChatTurn[] = typeof instructions === 'string' ? [{ role: 'system', content: instructions }] : [];
  if (typeof input === 'string') return [...turns, { role: 'user', content: input }];
  const before = turns.length;
  let lastPath = 'input';
  for (const [index, item] of (Array.isArray(input) ? input : []).entries()) {
    const turn = turnOf(recordOf(item) ?? {}, `input[${index}]`);
    if (turn === undefined) continue;
    lastPath = `input[${index}]`;
    const last = turns.at(-1);
    if (turn.tool_calls !== undefined && last?.role === 'assistant') turns[turns.length - 1] = mergedTurn(last, turn);
    else turns.push(turn);
  }
  if (turns.length === before)
    throw new InferenceError('invalid_value', 'expected input to have a message, got only reasoning', { param: 'input' });
  if (turns.at(-1)?.tool_calls !== undefined) throw unanswered(lastPath);
  return turns;
}

function turnOf(item: Json, path: string): ChatTurn | undefined {
  switch (item['type']) {
    case undefined:
    case 'message':
      return messageTurn(item, path);
    case 'function_call': {
      const [id, name] = [textMember(item, 'call_id', path), textMember(item, 'name', path)];
      const args = callArguments(textMember(item, 'arguments', path), `${path}.arguments`);
      return { role: 'assistant', tool_calls: [toolCall(id, name, args)] };
    }
    case 'function_call_output':
      return { role: 'tool', tool_call_id: textMember(item, 'call_id', path), content: outputOf(item, `${path}.output`) };
    case 'reasoning':
      return undefined;
    case 'item_reference':
      throw new InferenceError('unsupported_value', `expected ${path} to be a message, got a reference, and nothing is stored`, {
        param: path,
      });
    default:
      throw unknownType(`${path}.type`, itemTypes, item['type']);
  }
}

function messageTurn(item: Json, path: string): ChatTurn {
  for (const key of ['role', 'content'] as const) {
    if (item[key] === undefined)
      throw new InferenceError('missing_required_parameter', `expected ${path}.${key}, got nothing`, { param: `${path}.${key}` });
  }
  return { role: roles.get(item['role']) ?? 'user', content: contentOf(partsOf(item['content'], `${path}.content`)) };
}

function outputOf(item: Json, path: string): string {
  return partsOf(item['output'], path)
    .map((part, index) => (part.type === 'text' ? part.text : refuse(`${path}[${index}].type`, '"input_text"')))
    .join('\n');
}

function partsOf(content: unknown, path: string): readonly ChatPart[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  if (!Array.isArray(content))
    throw new InferenceError('invalid_type', `expected ${path} to be string or array, got ${describe(content)}`, { param: path });
  return content.map((part: unknown, index) => partOf(recordOf(part) ?? {}, `${path}[${index}]`));
}

function partOf(part: Json, path: string): ChatPart {
  const { type } = part;
  if (typeof type === 'string' && textTypes.has(type)) return { type: 'text', text: textMember(part, 'text', path) };
  if (type === 'refusal') return { type: 'text', text: textMember(part, 'refusal', path) };
  if (type === 'input_image') {
    const { detail } = part;
    const url = textMember(part, 'image_url', path);
    return { type: 'image_url', image_url: { url, ...(typeof detail === 'string' ? { detail } : {}) } };
  }
  if (type === 'input_audio') return { type, input_audio: part['input_audio'] };
  if (type === 'input_file') {
    if (part['file_url'] !== undefined) refuse(`${path}.file_url`, 'absent, since a chat takes files by their bytes');
    return { type: 'file', file: defined({ filename: part['filename'], file_data: part['file_data'], file_id: part['file_id'] }) };
  }
  throw unknownType(`${path}.type`, [...textTypes, 'refusal', 'input_image', 'input_audio', 'input_file'], type);
}

function toolOf(value: unknown, path: string): object {
  const tool = recordOf(value) ?? {};
  if (!isFunction(tool)) refuse(`${path}.type`, '"function"');
  return functionTool(textMember(tool, 'name', path), tool['description'], tool['parameters'], tool['strict']);
}

function isFunction(tool: unknown): boolean {
  return recordOf(tool)?.['type'] === 'function';
}

function choiceOf(choice: unknown): unknown {
  const record = recordOf(choice);
  if (record === undefined) return choice;
  if (record['type'] === 'function') return named(record, 'tool_choice');
  if (record['type'] !== 'allowed_tools' || !Array.isArray(record['tools'])) return refuse('tool_choice', 'of functions');
  const tools = record['tools'].map((tool, index) => named(recordOf(tool) ?? {}, `tool_choice.tools[${index}]`));
  return { type: 'allowed_tools', allowed_tools: { mode: record['mode'] ?? 'auto', tools } };
}

function named(tool: Json, path: string): object {
  return { type: 'function', function: { name: textMember(tool, 'name', path) } };
}

function formatOf(format: Json | undefined): unknown {
  if (format?.['type'] !== 'json_schema') return format?.['type'] === 'text' ? undefined : format;
  return schemaFormat(format['name'], format['description'], format['schema'], format['strict']);
}
