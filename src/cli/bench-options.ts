// Every flag of `heddle bench` as one table. Those that say what is sent are a short way to write a scenario: they become one.

import { parseArgs } from 'node:util';
import { nearest } from '../core/nearest.ts';
import { OptionProblems } from './options.ts';

interface FlagSpec {
  readonly type: 'text' | 'number' | 'flag' | 'texts';
  readonly doc: string;
  /** Where its value goes in a scenario that the flags make. `workload` and `step` mean the only one of each. */
  readonly in?: 'scenario' | 'workload' | 'step';
}

export const benchFlags = {
  scenario: { type: 'text', doc: 'YAML file that says all of a run; flags that say what is sent do not go with it' },
  self: { type: 'flag', doc: 'start the server and both its models, tour them for two minutes, stop them' },
  compare: { type: 'flag', doc: 'compare two summary files, given in place of the URL; sends nothing' },
  route: { type: 'text', in: 'workload', doc: 'chat, completions, responses, messages, embeddings or predict [chat]' },
  model: { type: 'text', in: 'workload', doc: 'model to ask for, where the server has several' },
  words: { type: 'number', in: 'workload', doc: 'words of each prompt or text, drawn at random from common ones [32]' },
  input: { type: 'text', in: 'workload', doc: 'file with the prompts or texts instead; its form by --format' },
  format: { type: 'text', in: 'workload', doc: 'lines, jsonl or sharegpt [jsonl]' },
  'texts-per-request': { type: 'number', in: 'workload', doc: 'embeddings: texts in a request [1]' },
  'max-tokens': { type: 'number', in: 'workload', doc: 'tokens to generate at most [64]' },
  'exact-tokens': { type: 'flag', in: 'workload', doc: 'generate so many whatever the model says, where the server can' },
  stream: { type: 'flag', in: 'workload', doc: 'ask for streams; --no-stream for whole answers [true]' },
  rate: { type: 'number', in: 'step', doc: 'open loop: requests a second, sent by a schedule whatever the server does' },
  arrivals: { type: 'text', in: 'step', doc: 'open loop: poisson, constant, bursts or trace [poisson]' },
  trace: { type: 'text', in: 'step', doc: 'arrivals trace: file with one start a line, in ms since the first' },
  clients: { type: 'number', in: 'step', doc: 'closed loop: so many clients, each sends when its last request ended' },
  leave: {
    type: 'text',
    in: 'step',
    doc: 'share:phase of clients that leave, as 0.5:mid_stream; phases queued, before_first_token, mid_stream',
  },
  'duration-s': { type: 'number', in: 'step', doc: 'length of a step; with --requests, whichever is over first [30]' },
  requests: { type: 'number', in: 'step', doc: 'requests of a step [1000]' },
  'warmup-requests': { type: 'number', in: 'step', doc: 'sent before each step and counted in nothing [8]' },
  seed: { type: 'number', in: 'scenario', doc: 'of all that is drawn at random [1]' },
  threads: { type: 'number', in: 'scenario', doc: 'threads of the client [by rate]' },
  connections: { type: 'number', in: 'scenario', doc: 'most connections open at once [1024]' },
  'timeout-ms': { type: 'number', in: 'scenario', doc: 'a request that takes longer is a timeout [120000]' },
  'server-pid': { type: 'number', in: 'scenario', doc: 'process of the server on this machine [who listens on the port]' },
  'api-key': { type: 'text', doc: 'key to send [HEDDLE_BENCH_API_KEY]' },
  out: { type: 'text', doc: 'folder for summary.json, requests.jsonl and report.html' },
  json: { type: 'flag', doc: 'print the summary as JSON instead of a table' },
  'fail-if': { type: 'texts', doc: "end with 1 when it is so, as 'p99_ttft_ms > 500'; may be given several times" },
} as const satisfies Record<string, FlagSpec>;

type FlagName = keyof typeof benchFlags;
const names = Object.keys(benchFlags) as readonly FlagName[]; // keys of a constant object

export interface BenchOptions {
  readonly target?: string;
  readonly scenarioFile?: string;
  /** A scenario written as flags, for the same check as a file. */
  readonly scenario?: object;
  readonly compare?: readonly [string, string];
  readonly self: boolean;
  readonly apiKey?: string;
  readonly out?: string;
  readonly json: boolean;
  readonly failIf: readonly string[];
}

type Given = { readonly [N in FlagName]?: string | number | boolean | readonly string[] };

/** Throws: OptionProblems with every problem found. */
export function readBenchOptions(args: readonly string[], env: Readonly<Record<string, string | undefined>>): BenchOptions {
  const problems: string[] = [];
  const { given, positionals } = readFlags(args, problems);
  const shaping = names.filter((name) => 'in' in benchFlags[name] && given[name] !== undefined);
  const apiKey = textOf(given['api-key']) ?? env['HEDDLE_BENCH_API_KEY'];
  const out = textOf(given.out);
  const common = {
    json: given.json === true,
    failIf: Array.isArray(given['fail-if']) ? given['fail-if'].map(String) : [],
    ...(apiKey !== undefined && apiKey !== '' && { apiKey }),
    ...(out !== undefined && { out }),
  };
  if (given.compare === true) {
    const [a, b, ...more] = positionals;
    if (a === undefined || b === undefined || more.length > 0)
      problems.push(`--compare: expected two summary files, got ${positionals.length}`);
    if (problems.length > 0) throw new OptionProblems(problems);
    return { ...common, self: false, compare: [a ?? '', b ?? ''] };
  }
  const [target, ...more] = positionals;
  for (const argument of more) problems.push(`unexpected argument '${argument}'`);
  if (target !== undefined && !/^https?:\/\/[^/]/.test(target))
    problems.push(`expected a URL such as http://127.0.0.1:8080, got '${target}'`);
  const scenarioFile = textOf(given.scenario);
  const isSelf = given.self === true;
  if (isSelf && target !== undefined) problems.push('--self: expected no URL, since it starts a server of its own');
  if ((scenarioFile !== undefined || isSelf) && shaping.length > 0)
    problems.push(`${isSelf ? '--self' : '--scenario'}: expected no --${shaping[0]} beside it`);
  if (target === undefined && scenarioFile === undefined && !isSelf) problems.push('expected the URL of a server, --scenario or --self');
  const scenario = scenarioFile === undefined && !isSelf ? scenarioOf(given, problems) : undefined;
  if (problems.length > 0) throw new OptionProblems(problems);
  return {
    ...common,
    self: isSelf,
    ...(target !== undefined && { target }),
    ...(scenarioFile !== undefined && { scenarioFile }),
    ...(scenario !== undefined && { scenario }),
  };
}

function readFlags(args: readonly string[], problems: string[]): { given: Given; positionals: string[] } {
  const config = Object.fromEntries(
    names.map((name) => [
      name,
      { type: benchFlags[name].type === 'flag' ? ('boolean' as const) : ('string' as const), multiple: true as const },
    ]),
  );
  const { tokens } = parseArgs({ args: [...args], options: config, strict: false, tokens: true });
  const given: { -readonly [N in FlagName]?: string | number | boolean | string[] } = {};
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const name = token.name === 'no-stream' ? 'stream' : token.name;
    if (!isFlag(name)) {
      const near = nearest(token.rawName, [...names.map((known) => `--${known}`), '--no-stream']);
      problems.push(`unknown option ${token.rawName}${near === undefined ? '' : `; did you mean ${near}?`}`);
      continue;
    }
    const value = readValue(name, token.name === name ? token.value : 'false', token.rawName, problems);
    const before = given[name];
    if (value !== undefined)
      given[name] = benchFlags[name].type === 'texts' ? [...(Array.isArray(before) ? before : []), String(value)] : value;
  }
  return { given, positionals };
}

function readValue(name: FlagName, raw: string | undefined, from: string, problems: string[]): string | number | boolean | undefined {
  const spec: FlagSpec = benchFlags[name];
  if (spec.type === 'flag') {
    if (raw === undefined || raw === 'true') return true;
    if (raw === 'false') return false;
    problems.push(`${from}: expected true or false, got '${raw}'`);
    return undefined;
  }
  if (raw === undefined || raw === '') {
    problems.push(`${from}: expected a ${spec.type === 'number' ? 'number' : 'text'}`);
    return undefined;
  }
  if (spec.type !== 'number') return raw;
  if (/^\d+(\.\d+)?$/.test(raw)) return Number(raw);
  problems.push(`${from}: expected a number, got '${raw}'`);
  return undefined;
}

const usualMaxTokens = 64;

/** Ranges and choices are those of the scenario's schema: the same check says what is wrong with a value. */
function scenarioOf(given: Given, problems: string[]): object {
  return {
    ...keyed(given, ['seed', 'threads', 'connections', 'timeout-ms', 'server-pid']),
    workloads: [
      {
        route: given.route ?? 'chat',
        // Some routes need a limit, and without one a chat may go on for as long as the server lets it.
        ...(given.route === 'embeddings' || given.route === 'predict' ? {} : { max_tokens: usualMaxTokens }),
        ...keyed(given, ['model', 'texts-per-request', 'max-tokens', 'exact-tokens', 'stream']),
        ...sourceOf(given, problems),
      },
    ],
    steps: stepsOf(given, problems),
  };
}

function sourceOf(given: Given, problems: string[]): object {
  if (given.input === undefined) {
    if (given.format !== undefined) problems.push('--format: expected --input beside it');
    return given.words === undefined ? {} : { source: { random: { words: given.words } } };
  }
  if (given.words !== undefined) problems.push('--words: expected no --input beside it');
  return { source: { file: given.input, ...keyed(given, ['format']) } };
}

function stepsOf(given: Given, problems: string[]): object[] {
  const end = { ...keyed(given, ['duration-s', 'requests', 'warmup-requests']), ...leaveOf(given.leave, problems) };
  const isOpen = given.rate !== undefined || given.arrivals !== undefined || given.trace !== undefined;
  if (isOpen && given.clients !== undefined) problems.push('--clients: expected no --rate, --arrivals or --trace beside it');
  if (isOpen) {
    const open = { ...(given.rate !== undefined && { rate_per_s: given.rate }), ...keyed(given, ['arrivals', 'trace']) };
    return [{ open, ...end }];
  }
  if (given.clients !== undefined) return [{ closed: { clients: given.clients }, ...end }];
  if (given.leave !== undefined) problems.push('--leave: expected --rate or --clients beside it');
  // Without a word about load: one client alone, what the server can take, and a rate with room to breathe.
  return [{ closed: { clients: 1 }, ...end }, { capacity: {} }, { sweep: { times: [0.7] }, ...end }];
}

function leaveOf(leave: Given['leave'], problems: string[]): object {
  if (typeof leave !== 'string') return {};
  const [, share, phase] = /^(\d+(?:\.\d+)?):(\w+)$/.exec(leave) ?? [];
  if (share === undefined) problems.push(`--leave: expected share:phase, as 0.5:mid_stream, got '${leave}'`);
  return { leave: { share: Number(share), phase } };
}

/** The flags that were given, by the keys of the scenario. */
function keyed(given: Given, flags: readonly FlagName[]): object {
  return Object.fromEntries(flags.filter((name) => given[name] !== undefined).map((name) => [name.replaceAll('-', '_'), given[name]]));
}

function textOf(value: Given[FlagName]): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function isFlag(name: string): name is FlagName {
  return names.some((known) => known === name);
}
