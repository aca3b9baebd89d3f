// The tools that an answer may call: what the prompt shows, and what the grammar lets through.

import type { GenerationRequest, ToolDefinition } from '../../src/contract/generation.ts';

/** Those of the request, in its order. Tools that may not be called are not offered: a model that was told of them would want them. */
export function offeredTools({ tools = [], toolChoice }: Pick<GenerationRequest, 'tools' | 'toolChoice'>): readonly ToolDefinition[] {
  const { mode, names } = toolChoice ?? { mode: 'auto' };
  return tools.filter(({ name }) => mode !== 'none' && (names === undefined || names.includes(name)));
}
