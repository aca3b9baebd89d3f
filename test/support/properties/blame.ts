// Whether an answer to a changed body is right: what does not fit is refused at the place that was changed, and what fits is judged as before.

import type { MethodName } from '../../../src/contract/methods.ts';
import { compileSchema } from '../../../src/dialects/compile-schema.ts';
import { dropNulls } from '../../../src/dialects/nulls.ts';
import { isRecord } from '../../../src/dialects/schema-fit.ts';
import type { Outcome } from './answers.ts';
import type { Mutated } from './mutation.ts';
import { type Place, type Step, written } from './places.ts';

export interface Route {
  readonly method: MethodName;
  readonly schema: object;
}

// What one field may be wrong for because of another one: either may be told.
const related = [
  ['stream', 'stream_options', 'best_of'],
  ['n', 'best_of'],
  ['tools', 'tool_choice', 'functions', 'function_call'],
  ['logprobs', 'top_logprobs', 'include'],
  ['max_tokens', 'echo'],
  ['response_format', 'guided_json', 'guided_grammar', 'guided_regex', 'guided_choice'],
  ['system', 'messages'],
  ['instructions', 'input', 'previous_response_id'],
  ['background', 'store'],
];
/** Turns refer to each other: a change of one may make another wrong. */
const conversations = new Set(['messages', 'input']);

/** Says what is wrong with the answer to a body that fits; undefined for nothing. */
export function validProblem(body: unknown, { status, code, param }: Outcome): string | undefined {
  if (status === 200) return undefined;
  if (code === 'invalid_json') return 'expected the JSON to be taken';
  if (param === null) return 'expected the error to name a field';
  const paths = new Set(pathsOf(body, []));
  const above = param.slice(0, Math.max(0, param.lastIndexOf('.')));
  return paths.has(param) || paths.has(above) ? undefined : `expected the error to name a field of the body, got ${param}`;
}

/** Says what is wrong with the answer to a changed body; `before` is what the unchanged one was answered. */
export function mutatedProblem(route: Route, place: Place, { text, steps }: Mutated, before: Outcome, after: Outcome): string | undefined {
  const parsed = parse(text);
  if (parsed === undefined) {
    return after.status === 400 && after.param === null ? undefined : `expected text that is no JSON to be refused, got ${told(after)}`;
  }
  const { value } = parsed;
  const body = route.method === 'predict' ? value : dropNulls(value);
  if (!fits(route, body)) return blameProblem(place, steps, body, after);
  const problem = validProblem(value, after);
  if (problem !== undefined) return problem;
  if (place.ignored && after.status !== before.status) return `expected an ignored field to change nothing, got ${told(after)}`;
  if (before.status !== 200 || after.status === 200) return undefined;
  return isRelated(steps, after.param ?? '') ? undefined : `expected the blame for ${written(steps)} there, got ${told(after)}`;
}

function blameProblem(place: Place, steps: readonly Step[], value: unknown, after: Outcome): string | undefined {
  const { status, code, param } = after;
  const expected = written(steps);
  const wanted = `expected 400 for ${expected === '' ? 'the body' : expected}, got ${told(after)}`;
  if (status !== 400) return wanted;
  if (steps.length === 0) return isRecord(value) || param === null ? undefined : wanted;
  const from = place.decides ? written(steps.slice(0, -1)) : expected;
  if (param === null || !isWithin(param, from)) return wanted;
  // What is not there is missed, and not called wrong; the other family has no code for it.
  const isMissing = param === expected && typeof steps.at(-1) === 'string' && valueAt(value, steps) === undefined;
  return isMissing && code !== 'missing_required_parameter' && code !== 'invalid_request_error' ? wanted : undefined;
}

function fits({ method, schema }: Route, body: unknown): boolean {
  const isResponse = method === 'responses' || method === 'inputTokens';
  const brought = ['previous_response_id', 'conversation', 'prompt'].some((key) => isRecord(body) && body[key] !== undefined);
  // What continues something stored may leave out its own part, which is told later.
  const whole = isResponse && brought && isRecord(body) ? { input: 'x', ...body } : body;
  return compileSchema(schema).Check(whole);
}

/** Undefined for text that is no JSON, or JSON that no route takes. */
function parse(text: string): { readonly value: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isTaken(value, 64) ? { value } : undefined;
  } catch {
    return undefined;
  }
}

function isTaken(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return depth > 0 && !Object.hasOwn(value, '__proto__') && Object.values(value).every((member) => isTaken(member, depth - 1));
}

function isRelated(steps: readonly Step[], param: string): boolean {
  const [changed = ''] = steps;
  // Nobody waits for what the model says to a call in the background; in the open it may refuse anything.
  if (changed === 'background') return true;
  const blamed = /^[^.[]*/.exec(param)?.[0] ?? '';
  if (changed === blamed)
    return conversations.has(blamed) || isWithin(param, written(steps.slice(0, -1))) || isWithin(written(steps), param);
  return related.some((group) => group.includes(String(changed)) && group.includes(blamed));
}

function isWithin(path: string, above: string): boolean {
  return path === above || above === '' || path.startsWith(`${above}.`) || path.startsWith(`${above}[`);
}

function valueAt(value: unknown, steps: readonly Step[]): unknown {
  return steps.reduce((found, step) => (typeof found === 'object' && found !== null ? Reflect.get(found, step) : undefined), value);
}

function* pathsOf(value: unknown, steps: readonly Step[]): Generator<string> {
  yield written(steps);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) yield* pathsOf(member, [...steps, Array.isArray(value) ? Number(key) : key]);
}

function told({ status, code, param }: Outcome): string {
  return `${status} ${code} ${param}`;
}
