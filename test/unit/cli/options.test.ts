import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { helpText } from '../../../src/cli/help.ts';
import { apiKeysOf } from '../../../src/cli/api-keys.ts';
import { fileKeyOf, flagNames, OptionProblems, optionNames, readOptions, variableOf } from '../../../src/cli/options.ts';

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

test('an argument that npm start let through is told of the -- that is missing', () => {
  expect(problemsOf(['8199'], { npm_lifecycle_event: 'start' })).toEqual([
    "unexpected argument '8199'; npm takes options behind --, as in npm start -- --port 9000",
  ]);
});

test('a flag that npm start kept is refused, with the command that was meant', () => {
  const npm = { npm_lifecycle_event: 'start' };
  const kept = 'npm kept options for itself; they go behind --, as in npm start -- ';
  expect(problemsOf([], { ...npm, npm_config_port: '8199' })).toEqual([`${kept}--port 8199`]);
  expect(problemsOf(['8199'], { ...npm, npm_config_port: 'true' })).toEqual([`${kept}--port 8199`, "unexpected argument '8199'"]);
  expect(problemsOf([], { ...npm, npm_config_strict: 'true', npm_config_cors: '' })).toEqual([`${kept}--no-cors --strict`]);
  expect(problemsOf([], { ...npm, npm_config_api_key: 'secret' })).toEqual([`${kept}--api-key KEY`]);
});

test('a value that npm start parted from its flag is shown only where it can be of no other', () => {
  const npm = { npm_lifecycle_event: 'start', npm_config_port: 'true' };
  const commandOf = (words: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    problemsOf(words, { ...npm, ...env })[0]?.split(' npm start -- ')[1];
  expect(commandOf(['9000', '0.0.0.0'], { npm_config_host: 'true' })).toBe('--host VALUE --port VALUE');
  expect(commandOf(['9000'], { npm_config_host: 'true' })).toBe('--host VALUE --port VALUE');
  expect(commandOf(['9000', 'more'])).toBe('--port VALUE');
  expect(commandOf([], { npm_config_port: '' })).toBe('--port VALUE');
  expect(commandOf(['0.0.0.0'], { npm_config_host: 'true', npm_config_port: '9000' })).toBe('--host 0.0.0.0 --port 9000');
});

test('no word beside a key that npm start kept is shown', () => {
  const npm = { npm_lifecycle_event: 'start', npm_config_api_key: 'true' };
  const kept = 'npm kept options for itself; they go behind --, as in npm start -- ';
  const hidden = 'unexpected argument, not shown as it may be a key';
  expect(problemsOf(['secret', '9000'], { ...npm, npm_config_port: 'true' })).toEqual([
    `${kept}--port VALUE --api-key KEY`,
    hidden,
    hidden,
  ]);
  expect(problemsOf(['secret'], { ...npm, npm_config_port: '9000' })).toEqual([`${kept}--port 9000 --api-key KEY`, hidden]);
  expect(problemsOf(['secret'], { ...npm, npm_config_api_key: 'first', npm_config_port: 'true' })[0]).toBe(
    `${kept}--port VALUE --api-key KEY`,
  );
});

test("npm's own settings, and those outside of npm start, are no flags of the server", () => {
  expect(problemsOf([], { npm_lifecycle_event: 'start', npm_config_json: 'true', npm_config_only: 'prod' })).toEqual([]);
  expect(problemsOf([], { npm_lifecycle_event: 'test', npm_config_port: '8199' })).toEqual([]);
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

test('help names every option and its variable, or its key where it has neither', () => {
  for (const name of flagNames) {
    expect(helpText()).toContain(`--${name} `);
    expect(helpText()).toContain(variableOf(name));
  }
  for (const name of optionNames) if (!flagNames.includes(name)) expect(helpText()).toContain(`  ${fileKeyOf(name)} `);
});

test('named keys come from the file and stand beside listed ones', () => {
  const yaml = 'api_key: [file-secret]\napi_keys: { alice: a-secret, ci.2_x-y: c-secret }\n';
  const options = read(['--api-key', 'flag-secret'], {}, yaml);
  expect(apiKeysOf(options['api-key'], options['api-keys'])).toEqual({
    'key-1': 'flag-secret',
    alice: 'a-secret',
    'ci.2_x-y': 'c-secret',
  });
});

test('without keys there are none', () => {
  const options = read([]);
  expect(apiKeysOf(options['api-key'], options['api-keys'])).toEqual({});
});

test('named keys have no flag and no variable', () => {
  expect(problemsOf(['--api-keys', 'x'])).toContain('unknown option --api-keys; did you mean --api-key?');
  expect(read([], { HEDDLE_API_KEYS: 'alice' })['api-keys']).toEqual({});
});

test('a wrong name, a wrong key and a wrong shape are told without a key', () => {
  const file = join(dir, 'heddle.yaml');
  const expected = (text: string) => [`${file}: api_keys: expected ${text}`];
  expect(problemsOf([], {}, 'api_keys: [s-secret]')).toEqual(expected('keys by name'));
  expect(problemsOf([], {}, 'api_keys: s-secret')).toEqual(expected('keys by name'));
  const names = '1 to 64 letters, digits, dots, underscores and dashes as name 2';
  expect(problemsOf([], {}, 'api_keys: { ok: a, "s secret": b }')).toEqual(expected(names));
  expect(problemsOf([], {}, `api_keys: { ok: a, ${'n'.repeat(65)}: b }`)).toEqual(expected(names));
  for (const key of ['12345', '""', '"s secret"', '[s-secret]', 'null'])
    expect(problemsOf([], {}, `api_keys: { alice: ${key} }`)).toEqual(expected('a text without spaces as the key of alice'));
});

test('a key or a name that comes twice is told without the key', () => {
  expect(problemsOf(['--api-key', 's-secret,t-secret,s-secret'])).toEqual(['api_key: expected different keys, got key-1 again as key-3']);
  expect(problemsOf([], {}, 'api_keys: { alice: s-secret, bob: s-secret }')).toEqual([
    'api_keys: expected different keys, got that of alice again as bob',
  ]);
  expect(problemsOf(['--api-key', 's-secret'], {}, 'api_keys: { alice: s-secret, key-1: other }')).toEqual([
    'api_keys: expected different keys, got that of key-1 again as alice',
    'api_keys: the name key-1 belongs to a key of api_key',
  ]);
  expect(problemsOf([], {}, 'api_keys:\n  alice: s-secret\n  alice: t-secret\n')).toEqual([
    `${join(dir, 'heddle.yaml')}: expected valid YAML, got duplicate key at line 3, column 3`,
  ]);
});

test('a mistake in the settings file is told by its place and without its text', () => {
  const file = join(dir, 'heddle.yaml');
  for (const [yaml, problem] of [
    ['api_key: *s-secret', 'an alias without its anchor before it at line 1, column 10'],
    ['port: 1\napi_key: "s-secret', 'missing char at line 2, column 19'],
    ['api_key: !s-secret x', 'tag resolve failed at line 1, column 10'],
  ] as const) {
    expect(problemsOf([], {}, yaml)).toEqual([`${file}: expected valid YAML, got ${problem}`]);
  }
});

test('an environment that would hide a route is refused', () => {
  expect(() => read(['--environment', 'v1'])).toThrow(/--environment: expected a name that no route begins with.*"v1"/);
  expect(read(['--environment', 'staging'])).toMatchObject({ environment: 'staging' });
});
