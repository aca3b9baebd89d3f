// Every setting of `heddle serve` as one table: its flag, variable, file key, type and default, read from there alone.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { nearest } from '../core/nearest.ts';
import { environmentProblem } from '../http/rewrite-url.ts';
import { readYaml } from '../contract/read-yaml.ts';
import { keyProblems, type NamedKeys, readNamedKeys } from './api-keys.ts';
import { npmProblems } from './npm-flags.ts';

export type OptionValue = string | boolean | number | readonly string[] | NamedKeys;

/** One setting. The flag is `--name`, the variable `HEDDLE_NAME`, the key of heddle.yaml `name` with underscores. */
export interface OptionSpec {
  /** `keys`: API keys by name, in the settings file alone: a flag would show them to every user of the machine. */
  readonly type: 'text' | 'list' | 'count' | 'flag' | 'keys';
  /** Undefined: the setting may be absent. */
  readonly default: OptionValue | undefined;
  readonly doc: string;
  /** Allowed texts, where not every text is. */
  readonly choices?: readonly string[];
  /** Smallest and largest count. */
  readonly range?: readonly [number, number];
}

// setTimeout fires at once for longer delays than this.
const timerRange = [0, 2_147_483_647] as const;

export const optionTable = {
  models: { type: 'text', default: 'models', doc: 'folder of the model folders' },
  only: { type: 'list', default: [], doc: 'serve these models alone, by folder name, comma-separated' },
  host: { type: 'text', default: '127.0.0.1', doc: 'address to listen on; 0.0.0.0 for every interface' },
  port: { type: 'count', default: 8080, range: [0, 65_535], doc: 'port to listen on; 0 for any free one' },
  environment: { type: 'text', default: 'production', doc: 'name of the environment, also a path prefix of every route' },
  'log-level': { type: 'text', default: 'info', choices: ['debug', 'info', 'warn', 'error'], doc: 'least severe line to log' },
  json: { type: 'flag', default: false, doc: 'log one JSON object per line' },
  config: { type: 'text', default: undefined, doc: 'settings file; heddle.yaml of the working folder by default' },
  'api-key': { type: 'list', default: [], doc: 'keys that clients must send, comma-separated; none: open to all' },
  'api-keys': { type: 'keys', default: {}, doc: 'keys by the name that the log shows, beside those of api_key' },
  'body-limit-bytes': { type: 'count', default: 33_554_432, range: [1, 1_073_741_824], doc: 'largest request body' },
  'drain-timeout-ms': { type: 'count', default: 30_000, range: timerRange, doc: 'time for running requests to finish when stopping' },
  'stalled-write-ms': { type: 'count', default: 30_000, range: timerRange, doc: 'a client that reads nothing for so long counts as gone' },
  'heartbeat-ms': { type: 'count', default: 15_000, range: timerRange, doc: 'pause in an event stream after which a heartbeat is sent' },
  cors: { type: 'flag', default: true, doc: 'answer browsers of other origins; --no-cors turns it off' },
  strict: { type: 'flag', default: false, doc: 'refuse fields that a route does not know, instead of ignoring them' },
  'unserved-tools': {
    type: 'text',
    default: 'refuse',
    choices: ['refuse', 'drop'],
    doc: 'tools that are no functions: refuse the request, or drop them and name them in a header',
  },
  'responses-store': { type: 'flag', default: true, doc: 'keep responses for previous_response_id; --no-responses-store turns it off' },
  'responses-store-count': { type: 'count', default: 1_000, range: [1, 1_000_000], doc: 'most responses to keep' },
  'responses-store-bytes': { type: 'count', default: 67_108_864, range: [1, 1_073_741_824], doc: 'most bytes of responses to keep' },
  'responses-store-age-ms': { type: 'count', default: 3_600_000, doc: 'longest time to keep a response' },
} as const satisfies Record<string, OptionSpec>;

export type OptionName = keyof typeof optionTable;

export const optionNames = Object.keys(optionTable) as readonly OptionName[]; // keys of a constant object
/** Settings with a flag and a variable. */
export const flagNames = optionNames.filter((name) => optionTable[name].type !== 'keys');

type Value<S extends OptionSpec> = S['type'] extends 'text'
  ? string | (S['default'] extends undefined ? undefined : never)
  : S['type'] extends 'count'
    ? number
    : S['type'] extends 'flag'
      ? boolean
      : S['type'] extends 'keys'
        ? NamedKeys
        : readonly string[];

/** Every setting with its value, by flag name. */
export type ServeOptions = { readonly [N in OptionName]: Value<(typeof optionTable)[N]> };

/** Where settings come from beside the flags. */
export interface OptionSources {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Path of the settings file when no `--config` names one; it may be absent. */
  readonly defaultFile: string;
}

/** Wrong settings, all of them at once. */
export class OptionProblems extends Error {
  override readonly name = 'OptionProblems';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

export const variableOf = (name: OptionName): string => `HEDDLE_${name.replaceAll('-', '_').toUpperCase()}`;
export const fileKeyOf = (name: OptionName): string => name.replaceAll('-', '_');

/**
 * Reads all settings: flag, else variable, else settings file, else default.
 * Throws: OptionProblems with every problem found.
 */
export function readOptions(sources: OptionSources): ServeOptions {
  const problems: string[] = [];
  const flags = readFlags(sources, problems);
  const variables = readVariables(sources.env, problems);
  const file = readFile(flags.get('config') ?? variables.get('config'), sources.defaultFile, problems);
  const values = optionNames.map((name) => [name, flags.get(name) ?? variables.get(name) ?? file.get(name) ?? optionTable[name].default]);
  const options = Object.fromEntries(values) as ServeOptions; // each value was read by the type in its row
  problems.push(...keyProblems(options['api-key'], options['api-keys']));
  if (problems.length > 0) throw new OptionProblems(problems);
  return options;
}

type Found = Map<OptionName, OptionValue>;

function readFlags({ args, env }: OptionSources, problems: string[]): Found {
  const found: Found = new Map();
  const config = Object.fromEntries(
    flagNames.map((name) => [
      name,
      { type: optionTable[name].type === 'flag' ? ('boolean' as const) : ('string' as const), multiple: true as const },
    ]),
  );
  const { tokens } = parseArgs({ args: [...args], options: config, strict: false, tokens: true });
  const known = [
    ...flagNames.map((name) => `--${name}`),
    '--no-json',
    '--no-cors',
    '--no-strict',
    '--no-responses-store',
    '--help',
    '--version',
  ];
  const words = tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : []));
  const ownFlags = flagNames.map((name) => ({ name, valued: optionTable[name].type !== 'flag' }));
  const { kept, hint, hidesWords } = npmProblems(env, ownFlags, words);
  problems.push(...kept);
  for (const token of tokens) {
    if (token.kind === 'positional')
      problems.push(`unexpected argument${hidesWords ? ', not shown as it may be a key' : ` '${token.value}'`}${hint}`);
    if (token.kind !== 'option') continue;
    const negated = token.name.startsWith('no-') && !isFlag(token.name);
    const name = negated ? token.name.slice(3) : token.name;
    if (!isFlag(name) || (negated && optionTable[name].type !== 'flag')) {
      const near = nearest(token.rawName, known);
      problems.push(`unknown option ${token.rawName}${near === undefined ? '' : `; did you mean ${near}?`}`);
      continue;
    }
    const raw = optionTable[name].type === 'flag' ? (token.value ?? String(!negated)) : token.value;
    const value = readValue(name, token.rawName, raw, problems);
    const before = found.get(name);
    // A list may be given in several flags; of everything else the last one counts.
    if (value !== undefined) found.set(name, Array.isArray(value) && Array.isArray(before) ? [...before, ...value] : value);
  }
  return found;
}

function readVariables(env: OptionSources['env'], problems: string[]): Found {
  const found: Found = new Map();
  for (const name of flagNames) {
    const raw = env[variableOf(name)];
    // An empty variable is how containers unset one.
    const value = raw === undefined || raw === '' ? undefined : readValue(name, variableOf(name), raw, problems);
    if (value !== undefined) found.set(name, value);
  }
  return found;
}

function readFile(named: OptionValue | undefined, defaultFile: string, problems: string[]): Found {
  const path = typeof named === 'string' ? named : defaultFile;
  const content = readSettings(path, named !== undefined, problems);
  const found: Found = new Map();
  const byKey = new Map(optionNames.filter((name) => name !== 'config').map((name) => [fileKeyOf(name), name]));
  for (const [key, raw] of Object.entries(content)) {
    const name = byKey.get(key);
    if (name === undefined) {
      const near = nearest(key, byKey.keys());
      problems.push(`${path}: unknown key '${key}'${near === undefined ? '' : `; did you mean '${near}'?`}`);
      continue;
    }
    const value = readValue(name, `${path}: ${key}`, raw, problems);
    if (value !== undefined) found.set(name, value);
  }
  return found;
}

function readSettings(path: string, required: boolean, problems: string[]): object {
  try {
    const content = settingsOf(readFileSync(path, 'utf8'));
    if (typeof content === 'object' && content !== null && !Array.isArray(content)) return content;
    if (content !== null) problems.push(`${path}: expected settings by name`);
  } catch (error) {
    const absent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!absent || required) problems.push(`${path}: ${error instanceof Error ? error.message : 'unreadable'}`);
  }
  return {};
}

/** Throws: Error with kind and place of the first mistake. */
function settingsOf(text: string): unknown {
  const { value, mistakes } = readYaml(text);
  if (mistakes[0] !== undefined) throw new Error(`expected valid YAML, got ${mistakes[0]}`);
  return value;
}

/** Checks one value, a text from outside or anything from YAML. Pushes the problem and returns undefined when it is wrong. */
function readValue(name: OptionName, from: string, raw: unknown, problems: string[]): OptionValue | undefined {
  const spec: OptionSpec = optionTable[name];
  // The value itself stays out of the message for keys, which are secrets.
  const wrong = (expected: string): undefined => {
    problems.push(`${from}: expected ${expected}${name.startsWith('api-key') || raw === undefined ? '' : `, got ${JSON.stringify(raw)}`}`);
    return undefined;
  };
  switch (spec.type) {
    case 'text':
      if (typeof raw !== 'string' || raw === '') return wrong('a text');
      if (name === 'environment' && environmentProblem(raw) !== undefined)
        return wrong('a name that no route begins with, since it would hide it');
      return spec.choices === undefined || spec.choices.includes(raw) ? raw : wrong(`one of ${spec.choices.join(', ')}`);
    case 'list': {
      const items = typeof raw === 'string' ? raw.split(',').map((item) => item.trim()) : raw;
      const valid = Array.isArray(items) && items.every((item): item is string => typeof item === 'string' && item !== '');
      return valid ? items : wrong('a list of texts');
    }
    case 'count': {
      const [least, most] = spec.range ?? [0, Number.MAX_SAFE_INTEGER];
      const count = typeof raw === 'string' && /^\d+$/.test(raw) ? Number(raw) : raw;
      return typeof count === 'number' && Number.isInteger(count) && count >= least && count <= most
        ? count
        : wrong(`a whole number from ${least} to ${most}`);
    }
    case 'flag':
      if (raw === true || raw === 'true' || raw === '1') return true;
      return raw === false || raw === 'false' || raw === '0' ? false : wrong('true or false');
    case 'keys':
      return readNamedKeys(raw, wrong);
  }
}

function isFlag(name: string): name is OptionName {
  return flagNames.some((flag) => flag === name);
}
