// Tools that no model is told of: those that a server of the hosted APIs would run itself. They are refused, or dropped where a server is told to.

import { countingRoutes, type MethodName } from '../contract/methods.ts';
import { customTool, functionTool } from './policy/shared-rules.ts';
import { isRecord } from './schema-fit.ts';

const served = new Map<MethodName, typeof functionTool>([
  ['chatCompletions', functionTool],
  ['responses', functionTool],
  ['messages', customTool],
]);

/** Whether a body of the route may have tools. */
export function takesTools(method: MethodName): boolean {
  return served.has(countingRoutes.get(method) ?? method);
}

export interface ServedTools {
  readonly body: unknown;
  /** By their names or, where they have none, by their types; in order. */
  readonly dropped: readonly string[];
}

/** Whether some are refused or dropped once the model is chosen: until then it is open what a choice among the tools is left with. */
export function hasUnservedTools(method: MethodName, body: unknown): boolean {
  return servedTools(method, body).dropped.length > 0;
}

/** The body with only those tools that a model can be told of. */
export function servedTools(method: MethodName, body: unknown): ServedTools {
  const passing = served.get(countingRoutes.get(method) ?? method);
  if (passing === undefined || !isRecord(body) || !Array.isArray(body['tools'])) return { body, dropped: [] };
  const tools: readonly unknown[] = body['tools'];
  const isOther = (tool: unknown): boolean => isRecord(tool) && tool['type'] !== undefined && !passing.passes(tool['type']);
  const dropped = tools.filter(isOther).map(nameOf);
  return dropped.length === 0 ? { body, dropped } : { body: { ...body, tools: tools.filter((tool) => !isOther(tool)) }, dropped };
}

function nameOf(tool: unknown): string {
  const { name, type } = isRecord(tool) ? tool : {};
  return typeof name === 'string' && name !== '' ? name : String(type);
}
