// What has to be right in a scenario beyond its schema: fields that belong together, and fields that belong to some routes alone.

import type { Leave, Length, OpenLoad, Route, Scenario, Workload } from '../scenario-schema.ts';
import { placeholder } from './predict.ts';

/** A file that a scenario names, and the key that names it. */
export interface NamedFile {
  readonly key: string;
  readonly path: string;
}

/** `written` is the value before its defaults: a field that was not written is no contradiction. */
export function scenarioProblems(scenario: Scenario, written: unknown): string[] {
  const streams = scenario.workloads.some((workload) => generates(workload.route) && workload.stream);
  return [
    ...scenario.workloads.flatMap((workload, index) => workloadProblems(`workloads[${index}]`, workload, writtenKeys(written, index))),
    ...repeatedNames(scenario.workloads),
    ...scenario.steps.flatMap((step, index) => stepProblems(`steps[${index}]`, step, streams)),
  ];
}

/** All files that a run of the scenario reads. */
export function filesOf(scenario: Scenario): NamedFile[] {
  const named = (key: string, path: string | undefined): NamedFile[] => (path === undefined ? [] : [{ key, path }]);
  return [
    ...scenario.workloads.flatMap(({ source, expect }, index) => [
      ...named(`workloads[${index}].source.file`, source !== undefined && 'file' in source ? source.file : undefined),
      ...named(`workloads[${index}].expect.reference`, expect?.reference),
    ]),
    ...scenario.steps.flatMap((step, index) => named(`steps[${index}].open.trace`, 'open' in step ? step.open.trace : undefined)),
  ];
}

const generates = (route: Route): boolean => route !== 'embeddings' && route !== 'predict';

interface FieldRule {
  readonly key: string;
  readonly belongsTo: (route: Route) => boolean;
  readonly where: string;
}

const fieldRules: readonly FieldRule[] = [
  ...['max_tokens', 'stream', 'temperature'].map((key) => ({ key, belongsTo: generates, where: 'a route that generates' })),
  // The other routes have no such field, and a server that says so refuses it.
  { key: 'exact_tokens', belongsTo: (route) => route === 'chat' || route === 'completions', where: 'chat or completions' },
  { key: 'texts_per_request', belongsTo: (route) => route === 'embeddings', where: 'embeddings' },
  { key: 'expect.dimensions', belongsTo: (route) => route === 'embeddings', where: 'embeddings' },
  { key: 'expect.reference', belongsTo: (route) => route === 'embeddings', where: 'embeddings' },
  { key: 'expect.cosine', belongsTo: (route) => route === 'embeddings', where: 'embeddings' },
  { key: 'expect.text', belongsTo: (route) => route !== 'embeddings', where: 'another route than embeddings' },
];

// What the generator writes itself, or reads the answer by: two sources for one field would make the figures wrong.
const ownFields: Readonly<Record<Route, readonly string[]>> = {
  chat: ['model', 'messages', 'stream', 'temperature', 'max_tokens'],
  completions: ['model', 'prompt', 'stream', 'temperature', 'max_tokens'],
  responses: ['model', 'input', 'stream', 'temperature', 'max_output_tokens'],
  messages: ['model', 'messages', 'stream', 'temperature', 'max_tokens'],
  embeddings: ['model', 'input'],
  predict: [],
};

function workloadProblems(at: string, workload: Workload, written: ReadonlySet<string>): string[] {
  const { route, source, expect } = workload;
  const problems = fieldRules
    .filter(({ key, belongsTo }) => written.has(key) && !belongsTo(route))
    .map(({ key, where }) => `${at}.${key}: expected only with ${where}, got it with ${route}`);
  for (const key of ownFields[route]) {
    if (Object.hasOwn(workload.body, key)) problems.push(`${at}.body.${key}: expected it as a key of the workload, not of the body`);
  }
  if (route === 'embeddings' && !['float', 'base64'].includes(String(workload.body['encoding_format'] ?? 'float'))) {
    problems.push(`${at}.body.encoding_format: expected float or base64`);
  }
  if (workload.max_tokens === undefined && (route === 'messages' || workload.exact_tokens)) {
    problems.push(`${at}.max_tokens: missing; ${route === 'messages' ? 'the route messages' : 'exact_tokens'} needs it`);
  }
  if (route === 'messages' && workload.temperature > 1) problems.push(`${at}.temperature: must be <= 1 with messages`);
  if (expect?.reference === undefined && written.has('expect.cosine')) problems.push(`${at}.expect.cosine: expected only with reference`);
  if (route === 'predict' && source !== undefined && !takesText(workload.body)) {
    problems.push(`${at}.source: expected "${placeholder}" in the body, which is where a text goes`);
  }
  const words = source !== undefined && 'random' in source ? source.random.words : undefined;
  return [
    ...problems,
    ...lengthProblems(`${at}.source.random.words`, words),
    ...lengthProblems(`${at}.texts_per_request`, workload.texts_per_request),
    ...lengthProblems(`${at}.max_tokens`, workload.max_tokens),
    ...(source !== undefined && 'file' in source && source.field !== undefined && source.format !== 'jsonl'
      ? [`${at}.source.field: expected only with the format jsonl`]
      : []),
  ];
}

function takesText(body: Workload['body']): boolean {
  return Object.keys(body).length === 0 || JSON.stringify(body).includes(placeholder);
}

function lengthProblems(at: string, length: Length | undefined): string[] {
  if (length === undefined || typeof length === 'number') return [];
  if ('uniform' in length) {
    const { min, max } = length.uniform;
    return min <= max ? [] : [`${at}.uniform: expected min <= max, got ${min} and ${max}`];
  }
  const { median, max } = length.lognormal;
  return median <= max ? [] : [`${at}.lognormal: expected median <= max, got ${median} and ${max}`];
}

function repeatedNames(workloads: readonly Workload[]): string[] {
  return workloads.flatMap(({ name }, index) => {
    const first = name === undefined ? index : workloads.findIndex((other) => other.name === name);
    return first < index ? [`workloads[${index}].name: expected different names, got that of workloads[${first}] again`] : [];
  });
}

function stepProblems(at: string, step: Scenario['steps'][number], streams: boolean): string[] {
  if ('open' in step) return [...openProblems(`${at}.open`, step.open), ...leaveProblems(`${at}.leave`, step.leave, streams)];
  if ('closed' in step) return leaveProblems(`${at}.leave`, step.leave, streams);
  if ('storm' in step) return leaveProblems(`${at}.storm`, step.storm, streams);
  if ('capacity' in step && step.capacity.from_per_s > step.capacity.most_per_s) {
    return [`${at}.capacity: expected from_per_s <= most_per_s, got ${step.capacity.from_per_s} and ${step.capacity.most_per_s}`];
  }
  return [];
}

function openProblems(at: string, open: OpenLoad): string[] {
  const isTrace = open.arrivals === 'trace';
  return [
    ...(isTrace && open.trace === undefined ? [`${at}.trace: missing; arrivals of a trace need its file`] : []),
    ...(!isTrace && open.trace !== undefined ? [`${at}.trace: expected only with the arrivals trace`] : []),
    ...(!isTrace && open.rate_per_s === undefined ? [`${at}.rate_per_s: missing; only a trace has its own`] : []),
    ...(isTrace && open.rate_per_s !== undefined ? [`${at}.rate_per_s: expected only without a trace, which has its own`] : []),
  ];
}

function leaveProblems(at: string, leave: Leave | undefined, streams: boolean): string[] {
  if (leave === undefined || leave.phase === 'queued' || streams) return [];
  return [`${at}.phase: expected a workload that streams for ${leave.phase}`];
}

/** The keys of a workload as they were written, those of `expect` with its name before them. */
function writtenKeys(scenario: unknown, index: number): ReadonlySet<string> {
  const workload = member(member(scenario, 'workloads'), String(index));
  const nested = keysOf(member(workload, 'expect')).map((key) => `expect.${key}`);
  return new Set([...keysOf(workload), ...nested]);
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Object.getOwnPropertyDescriptor(value, key)?.value : undefined;
}

function keysOf(value: unknown): string[] {
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}
