// Tools of a chat request, in today's form and in the legacy one of functions, as the neutral request has them.

import Type, { type Static } from 'typebox';
import type { GenerationRequest, ToolChoice, ToolDefinition } from '../../contract/generation.ts';
import { InferenceError } from '../../core/errors.ts';
import { quotedWord } from '../../core/quoted-word.ts';

/** Far above what any client sends; a model would not find its way among more. */
export const maxTools = 1024;

export const toolName = Type.String({ minLength: 1, maxLength: 128, description: 'By which the model calls it.' });

const functionSchema = Type.Object({
  name: toolName,
  description: Type.Optional(Type.String({ description: 'Tells the model when to call it.' })),
  parameters: Type.Optional(Type.Object({}, { description: 'JSON Schema of the arguments. Absent: any object.' })),
  strict: Type.Optional(Type.Boolean({ description: 'Ignored: the schema is always kept to.' })),
});

const named = Type.Object({ type: Type.Literal('function'), function: Type.Object({ name: toolName }) });

export const toolFields = {
  tools: Type.Optional(
    // Other types have other members, and are better told by their type than by a function that they lack.
    Type.Array(
      Type.Object({ type: Type.String({ description: 'function; no other is served.' }), function: Type.Optional(functionSchema) }),
      {
        maxItems: maxTools,
        description: 'Functions the model may ask the caller to run.',
      },
    ),
  ),
  tool_choice: Type.Optional(
    Type.Union(
      [
        Type.Enum(['none', 'auto', 'required']),
        named,
        Type.Object({
          type: Type.Literal('allowed_tools'),
          allowed_tools: Type.Object({
            mode: Type.Enum(['auto', 'required']),
            tools: Type.Array(named, { minItems: 1, maxItems: maxTools }),
          }),
        }),
      ],
      { description: 'Whether a tool has to be called, and which ones may be. Default auto.' },
    ),
  ),
  parallel_tool_calls: Type.Optional(Type.Boolean({ description: 'Whether one turn may have several calls. Default true.' })),
  functions: Type.Optional(Type.Array(functionSchema, { maxItems: maxTools, description: 'Legacy form of tools; one call per turn.' })),
  function_call: Type.Optional(
    Type.Union([Type.Enum(['none', 'auto']), Type.Object({ name: toolName })], { description: 'Legacy form of tool_choice.' }),
  ),
};

const fieldsSchema = Type.Object(toolFields);
export type ToolFields = Static<typeof fieldsSchema>;

type ToolsAsked = Pick<GenerationRequest, 'tools' | 'toolsParam' | 'toolChoice' | 'parallelToolCalls'>;

/** Whether the reply has its call in the legacy form. */
export function usesFunctions(body: object): boolean {
  const functions: unknown = Reflect.get(body, 'functions');
  return Array.isArray(functions) && functions.length > 0;
}

/**
 * Throws: InferenceError `invalid_value` where a choice is left without its tool, or both forms are used; `unsupported_value` for a tool that
 * is no function and may be called.
 */
export function toolsOf(body: ToolFields): ToolsAsked {
  const { tools = [], functions = [] } = body;
  if (tools.length > 0 && functions.length > 0) {
    throw new InferenceError('invalid_value', 'expected functions to be absent, since tools are given', { param: 'functions' });
  }
  // What may not be called asks for nothing, of whatever type it is.
  const isIdle = body.tool_choice === 'none';
  const wanted = tools.flatMap((tool, index) => (isIdle && tool.type !== 'function' ? [] : [functionOf(tool, index)]));
  const definitions = [...wanted, ...functions].map(definitionOf);
  const legacy = functions.length > 0;
  const choice = legacy ? functionChoice(body.function_call, definitions) : toolChoice(body.tool_choice, definitions);
  // Without tools every choice that is left means the same, and tools that may not be called ask for nothing.
  if (definitions.length === 0 || choice?.mode === 'none') return {};
  return {
    tools: definitions,
    ...(choice === undefined ? {} : { toolChoice: choice }),
    ...(legacy ? { toolsParam: 'functions', parallelToolCalls: false } : {}),
    ...(!legacy && body.parallel_tool_calls !== undefined ? { parallelToolCalls: body.parallel_tool_calls } : {}),
  };
}

type Tool = NonNullable<ToolFields['tools']>[number];

function functionOf({ type, function: wanted }: Tool, index: number): Static<typeof functionSchema> {
  if (type !== 'function') {
    const param = `tools[${index}].type`;
    throw new InferenceError('unsupported_value', `expected ${param} to be "function", got ${quotedWord(type)}`, { param });
  }
  if (wanted !== undefined) return wanted;
  const param = `tools[${index}].function`;
  throw new InferenceError('missing_required_parameter', `expected ${param}, got nothing`, { param });
}

function definitionOf({ name, description, parameters }: Static<typeof functionSchema>): ToolDefinition {
  return { name, ...(description === undefined ? {} : { description }), ...(parameters === undefined ? {} : { parameters }) };
}

function toolChoice(choice: ToolFields['tool_choice'], tools: readonly ToolDefinition[]): ToolChoice | undefined {
  if (choice === undefined) return undefined;
  if (typeof choice === 'string') {
    if (choice === 'required' && tools.length === 0)
      throw new InferenceError('invalid_value', 'expected tools for tool_choice to choose from, got none', { param: 'tool_choice' });
    return { mode: choice };
  }
  if (choice.type === 'function') {
    return { mode: 'required', names: [known(choice.function.name, tools, 'tool_choice.function.name')] };
  }
  const { mode, tools: allowed } = choice.allowed_tools;
  const names = allowed.map((tool, index) => known(tool.function.name, tools, `tool_choice.allowed_tools.tools[${index}].function.name`));
  return { mode, names };
}

function functionChoice(choice: ToolFields['function_call'], tools: readonly ToolDefinition[]): ToolChoice | undefined {
  if (choice === undefined) return undefined;
  if (typeof choice === 'string') return { mode: choice };
  return { mode: 'required', names: [known(choice.name, tools, 'function_call.name')] };
}

function known(name: string, tools: readonly ToolDefinition[], param: string): string {
  if (!tools.some((tool) => tool.name === name)) throw withoutTool(param, name, tools);
  return name;
}

/** Most tools that a message names. */
const mostNamed = 10;

function withoutTool(param: string, name: string, tools: readonly ToolDefinition[]): InferenceError {
  const names = tools.slice(0, mostNamed).map((tool) => quotedWord(tool.name));
  const more = tools.length > mostNamed ? ` and ${tools.length - mostNamed} more` : '';
  const expected = names.length === 0 ? 'to choose among the tools, of which there are none' : `to be one of ${names.join(', ')}${more}`;
  return new InferenceError('invalid_value', `expected ${param} ${expected}, got ${quotedWord(name)}`, { param });
}
