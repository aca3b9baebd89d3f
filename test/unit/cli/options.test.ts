import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { helpText } from '../../../src/cli/help.ts';
import { OptionProblems, optionNames, readOptions, variableOf } from '../../../src/cli/options.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'heddle-options-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

function read(args: readonly string[], env: Readonly<Record<string, string>> = {}, yaml?: string) {
  const defaultFile = join(dir, 'heddle.yaml');
  if (yaml !== undefined) writeFileSync(defaultFile, yaml);
  return readOptions({ args, env, defaultFile });
}

function problemsOf(args: readonly string[], env: Readonly<Record<string, string>> = {}, yaml?: string): readonly string[] {
  try {
    read(args, env, yaml);
  } catch (error) {
    if (error instanceof OptionProblems) return error.problems;
    throw error;
  }
  return [];
}

test('without settings the defaults hold', () => {
  expect(read([])).toMatchObject({ models: 'models', only: [], host: '127.0.0.1', port: 8080, cors: true, json: false, config: undefined });
});

test('a flag goes before a variable, a variable before the file', () => {
  const yaml = 'port: 1\nhost: file\nenvironment: file\n';
  const env = { HEDDLE_PORT: '2', HEDDLE_HOST: 'variable' };
  expect(read(['--port', '3'], env, yaml)).toMatchObject({ port: 3, host: 'variable', environment: 'file' });
});

test('a mistyped flag, variable value and file key are all told at once, with the nearest name', () => {
  expect(problemsOf(['--prot', '80', '--cors=maybe'], { HEDDLE_PORT: 'x' }, 'hots: a\n')).toEqual([
    'unknown option --prot; did you mean --port?',
    "unexpected argument '80'",
    '--cors: expected true or false, got "maybe"',
    'HEDDLE_PORT: expected a whole number from 0 to 65535, got "x"',
    `${join(dir, 'heddle.yaml')}: unknown key 'hots'; did you mean 'host'?`,
  ]);
});

test('a flag can be negated, and only a flag', () => {
  expect(read(['--no-cors', '--json'])).toMatchObject({ cors: false, json: true });
  expect(problemsOf(['--no-port'])[0]).toContain('unknown option --no-port');
});

test('a list takes commas, repetition and YAML', () => {
  expect(read(['--only', 'a,b', '--only=c']).only).toEqual(['a', 'b', 'c']);
  expect(read([], {}, 'only: [d, e]').only).toEqual(['d', 'e']);
});

test('a wrong key is not repeated in the message', () => {
  expect(problemsOf([], { HEDDLE_API_KEY: 'secret,,' })).toEqual(['HEDDLE_API_KEY: expected a list of texts']);
});

test('a named settings file must exist', () => {
  expect(problemsOf(['--config', join(dir, 'absent.yaml')])[0]).toContain('ENOENT');
});

test('a flag without its value is a problem', () => {
  expect(problemsOf(['--port'])).toEqual(['--port: expected a whole number from 0 to 65535']);
});

test('an empty variable counts as absent', () => {
  expect(read([], { HEDDLE_PORT: '' }).port).toBe(8080);
});

test('help names every option and its variable', () => {
  for (const name of optionNames) {
    expect(helpText()).toContain(`--${name}`);
    expect(helpText()).toContain(variableOf(name));
  }
});
