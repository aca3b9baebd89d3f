// How a route writes what an error of the chat behind it names.

import { fromRecord, toRecord } from '../../core/errors.ts';

/** The routes that a chat can answer. */
export const adapterNames = ['messages', 'responses', 'completions'] as const;
export type AdapterName = (typeof adapterNames)[number];

/** Names of the chat and the route's own; the first prefix that fits decides. */
const names: Readonly<Record<AdapterName, readonly (readonly [chat: string, own: string])[]>> = {
  messages: [
    ['max_completion_tokens', 'max_tokens'],
    ['stop', 'stop_sequences'],
    ['response_format.json_schema', 'output_config.format'],
    ['response_format', 'output_config.format'],
    ['parallel_tool_calls', 'tool_choice.disable_parallel_tool_use'],
  ],
  responses: [
    ['max_completion_tokens', 'max_output_tokens'],
    ['response_format.json_schema', 'text.format'],
    ['response_format', 'text.format'],
    ['reasoning_effort', 'reasoning.effort'],
  ],
  completions: [
    ['max_completion_tokens', 'max_tokens'],
    ['top_logprobs', 'logprobs'],
  ],
};

/** The field that holds the conversation. */
export const conversation = { messages: 'messages', responses: 'input', completions: 'prompt' } as const;

/** The error with its field as the route writes it. Places in the conversation become the whole of it: merging has moved them. */
export function renamed(name: AdapterName, error: unknown): unknown {
  const record = toRecord(error);
  const { param } = record;
  if (param === null) return error;
  const own = ownName(name, param);
  if (own === param) return error;
  return fromRecord({ ...record, param: own, message: record.message.replace(`expected ${param}`, `expected ${own}`) });
}

export function ownName(name: AdapterName, param: string): string {
  if (param === 'messages' || param.startsWith('messages[')) return conversation[name];
  const parameters = name === 'messages' ? '.input_schema' : '.parameters';
  const flat = param
    .replace(/^(tools\[\d+\])\.function\.parameters/, `$1${parameters}`)
    // Both other APIs write a function's members beside its type, and the allowed tools beside their mode.
    .replace(/^(tools\[\d+\]|tool_choice)(\.allowed_tools)?/, '$1')
    .replace(/^(tools\[\d+\]|tool_choice(?:\.tools\[\d+\])?)\.function/, '$1');
  const found = names[name].find(([chat]) => flat === chat || flat.startsWith(`${chat}.`) || flat.startsWith(`${chat}[`));
  return found === undefined ? flat : `${found[1]}${flat.slice(found[0].length)}`;
}
