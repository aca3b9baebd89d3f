// How a model is told of tools, of its earlier calls and of their results: by its chat template, or by a text where that knows none.

import type { ChatMessage, ToolCall, ToolDefinition } from '../../src/contract/generation.ts';
import { InferenceError } from '../../src/core/errors.ts';
import { callEnd, callStart } from '../grammar/tool-grammar.ts';
import type { TemplateMessage } from './chat-template.ts';
import { spacedJson } from '../grammar/spaced-json.ts';
import { withSystemText } from './system-text.ts';

/** What a chat template is given. */
export interface ToolPrompt {
  readonly messages: readonly TemplateMessage[];
  readonly tools?: readonly object[];
}

/** For a template that shows tools itself: everything in the form of OpenAI, arguments as objects. Throws: invalid_value as {@link writtenTools}. */
export function templateTools(messages: readonly ChatMessage[], tools: readonly ToolDefinition[], param: string): ToolPrompt {
  const names = namesOfCalls(messages);
  const own = messages.map(({ role, content, toolCalls, toolCallId }): TemplateMessage => {
    const name = nameIn(names, toolCallId);
    return {
      role,
      content,
      ...(toolCalls === undefined
        ? {}
        : {
            tool_calls: toolCalls.map((call) => ({
              id: call.id,
              type: 'function',
              function: { name: call.name, arguments: argumentsOf(call, param) },
            })),
          }),
      ...(toolCallId === undefined ? {} : { tool_call_id: toolCallId }),
      ...(name === undefined ? {} : { name }),
    };
  });
  return { messages: own, ...(tools.length === 0 ? {} : { tools: tools.map((tool) => ({ type: 'function', function: tool })) }) };
}

/**
 * For a template that knows only texts: tools become a part of the system message, calls and results a part of the turns.
 * Throws: invalid_value when the arguments of an earlier call are no JSON, or very deep.
 */
export function writtenTools(messages: readonly ChatMessage[], tools: readonly ToolDefinition[], param: string): ToolPrompt {
  const names = namesOfCalls(messages);
  const turns: TemplateMessage[] = [];
  let wasResult = false;
  const told = tools.length === 0 ? messages : withSystemText(messages, toolText(tools));
  for (const [index, message] of told.entries()) {
    const turn = writtenTurn(message, names, param, told[index + 1]?.role);
    const last = turns.at(-1);
    // Results are told by the user, and templates want one turn of a user at a time.
    if ((wasResult || message.role === 'tool') && last?.role === 'user' && turn.role === 'user') {
      turns[turns.length - 1] = { role: 'user', content: `${last.content}\n${turn.content}` };
    } else turns.push(turn);
    wasResult = message.role === 'tool';
  }
  return { messages: turns };
}

function toolText(tools: readonly ToolDefinition[]): string {
  const lines = tools.map(({ name, description, parameters }) => spacedJson({ name, description, parameters }));
  return `You can call these tools. Each line is one tool, with the JSON Schema of its arguments:
<tools>
${lines.join('\n')}
</tools>
To call a tool, answer with nothing but its name and its arguments, in this form:
${callStart}
{"name": "tool name", "arguments": {"argument name": "value"}}
${callEnd}`;
}

// A small model repeats markup that a result stands in, and without the second line it repeats its call.
const afterResults = 'Now answer the question in plain words.';

function writtenTurn(message: ChatMessage, names: ReadonlyMap<string, string>, param: string, next: string | undefined): TemplateMessage {
  const { role, content, toolCalls = [], toolCallId } = message;
  if (role === 'tool') {
    const result = `${nameIn(names, toolCallId) ?? 'The tool'} returned: ${content}`;
    // A user who goes on says what to do.
    return { role: 'user', content: next === 'tool' || next === 'user' ? result : `${result}\n${afterResults}` };
  }
  const calls = toolCalls.map((call) => {
    const written = spacedJson({ name: call.name, arguments: argumentsOf(call, param) });
    return `${callStart}\n${written}\n${callEnd}`;
  });
  return { role, content: [...(content === '' && calls.length > 0 ? [] : [content]), ...calls].join('\n') };
}

/** Of the tool that a call named; undefined where the call is not in the conversation. */
function nameIn(names: ReadonlyMap<string, string>, toolCallId: string | undefined): string | undefined {
  return toolCallId === undefined ? undefined : names.get(toolCallId);
}

/** By the ids of calls, in one pass: a conversation may have as many of them as a body can hold. The last of equal ids counts. */
function namesOfCalls(messages: readonly ChatMessage[]): ReadonlyMap<string, string> {
  return new Map(messages.flatMap(({ toolCalls = [] }) => toolCalls.map(({ id, name }): [string, string] => [id, name])));
}

// As deep as a body may be. Arguments are a text in it, which no one has looked into yet, and what writes them goes in level by level.
const deepestArguments = 64;

function argumentsOf(call: ToolCall, param: string): unknown {
  const value = parsed(call.arguments, param);
  if (!isDeeper(value, deepestArguments)) return value;
  const message = `expected the arguments of earlier tool calls to be nested at most ${deepestArguments} deep`;
  throw new InferenceError('invalid_value', message, { param });
}

function parsed(json: string, param: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    // Without a cause: the parser's message quotes the conversation.
    throw new InferenceError('invalid_value', 'expected the arguments of earlier tool calls to be JSON', { param });
  }
}

function isDeeper(value: unknown, most: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return most === 0 || Object.values(value).some((member) => isDeeper(member, most - 1));
}
