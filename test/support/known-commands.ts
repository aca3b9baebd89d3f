// Which commands the documentation may use, and what has to be true of each: scripts exist, flags and variables are of the option table.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Default } from 'typebox/value';
import { parseLimit } from '../../src/bench/figures/fail-if.ts';
import { scenarioSchema } from '../../src/bench/scenario-schema.ts';
import { readBenchOptions } from '../../src/cli/bench-options.ts';
import { configProblems } from '../../src/contract/config-problems.ts';
import { flagNames, OptionProblems, readOptions, variableOf } from '../../src/cli/options.ts';

/** What a command of the documentation is. */
export type Known =
  | { readonly kind: 'curl' }
  /** Starts a server: curl lines behind it mean this one. */
  | { readonly kind: 'serve'; readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> }
  /** Checked, not run. */
  | { readonly kind: 'other' };

const root = fileURLToPath(new URL('../..', import.meta.url));
// What npm run prove:image and npm run prove:properties read.
const proofVariables = ['CONTAINER_ENGINE', 'CONTAINER_BUILD_FLAGS', 'CONTAINER_RUN_FLAGS', 'HEDDLE_CASES', 'HEDDLE_SEED'];
const dockerCommands = ['build', 'run', 'stop', 'logs', 'compose'];

/** Throws: Error that says what about the command is unknown or untrue. */
export function knowCommand(words: readonly string[]): Known {
  const env: Record<string, string> = {};
  let at = 0;
  for (const word of words) {
    const [, name = '', value = ''] = /^([A-Z][A-Z0-9_]*)=(.*)$/s.exec(word) ?? [];
    if (name === '') break;
    checkVariable(name);
    env[name] = value;
    at += 1;
  }
  const [program = '', ...args] = words.slice(at);
  switch (program) {
    case 'curl':
      return { kind: 'curl' };
    case 'npm':
      return npm(args, env);
    case 'heddle':
      return heddle(args, env);
    case 'npx':
      return expectFirst('npx', args, ['heddle'], () => heddle(args.slice(1), env));
    case 'node':
      return expectFirst('node', args, ['dist/src/cli/main.js'], () => heddle(args.slice(1), env));
    case 'docker':
    case 'podman': // the same command line
      return expectFirst(program, args, dockerCommands, () => docker(args));
    default:
      throw new Error(`unknown command '${program}': teach test/support/known-commands.ts how to check it`);
  }
}

function npm(args: readonly string[], env: Readonly<Record<string, string>>): Known {
  const [verb = '', ...rest] = args;
  if (['ci', 'install', 'publish'].includes(verb)) return { kind: 'other' };
  const script = verb === 'run' ? (rest[0] ?? '') : verb;
  if (!scripts().includes(script)) throw new Error(`package.json has no script '${script}'`);
  const passed = args.includes('--') ? args.slice(args.indexOf('--') + 1) : [];
  if (script === 'start') return serve(passed, env);
  if (script === 'bench') return bench(passed);
  if (script === 'test')
    for (const path of passed.filter((arg) => arg !== '--coverage'))
      if (!existsSync(`${root}${path}`)) throw new Error(`there is no ${path}`);
  return { kind: 'other' };
}

function heddle(args: readonly string[], env: Readonly<Record<string, string>>): Known {
  if (args[0] === 'bench') return bench(args.slice(1));
  return args[0] === 'serve' ? serve(args.slice(1), env) : expectFirst('heddle', args, ['--help', '--version'], () => ({ kind: 'other' }));
}

function serve(args: readonly string[], env: Readonly<Record<string, string>>): Known {
  if (args.includes('--help') || args.includes('--version')) return { kind: 'other' };
  try {
    readOptions({ args, env, defaultFile: `${root}no-such-file.yaml` });
  } catch (error) {
    if (!(error instanceof OptionProblems)) throw error;
    // A settings file of the reader's own is not here.
    const problems = error.problems.filter((problem) => !problem.includes('ENOENT'));
    if (problems.length > 0) throw new Error(problems.join('; '));
  }
  return { kind: 'serve', args, env };
}

/** Its server and its files are the reader's own: only its words are checked. */
function bench(args: readonly string[]): Known {
  if (args.length === 0 || args.includes('--help')) return { kind: 'other' };
  const { scenario, failIf } = readBenchOptions(args, {});
  for (const limit of failIf) parseLimit(limit);
  const problems = scenario === undefined ? [] : configProblems(scenarioSchema, Default(scenarioSchema, structuredClone(scenario)));
  if (problems.length > 0) throw new Error(problems.join('; '));
  return { kind: 'other' };
}

function docker(args: readonly string[]): Known {
  for (const [index, arg] of args.entries()) {
    const variable = args[index - 1] === '-e' || args[index - 1] === '--env' ? arg.split('=')[0] : undefined;
    if (variable !== undefined) checkVariable(variable);
    if (arg === 'serve') serve(args.slice(index + 1), {});
  }
  return { kind: 'other' };
}

function expectFirst(program: string, args: readonly string[], known: readonly string[], then: () => Known): Known {
  if (known.includes(args[0] ?? '')) return then();
  throw new Error(`expected ${program} with one of ${known.join(', ')}, got '${args[0] ?? ''}'`);
}

function checkVariable(name: string): void {
  const known = [...flagNames.map(variableOf), ...proofVariables, 'HEDDLE_BENCH_API_KEY', 'NODE_ENV', 'NODE_OPTIONS'];
  if (!known.includes(name)) throw new Error(`expected a variable of the option table, got ${name}`);
}

function scripts(): readonly string[] {
  const manifest: { scripts: object } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
  return Object.keys(manifest.scripts);
}
