// What the scripts of this folder share: its packages installed, the built server on a free port, and a program run against it.

import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const main = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));

/** Installs what this folder's package-lock.json asks for, unless it is there. Resolves with whether it succeeded. */
export async function installed() {
  const wanted = Object.entries(JSON.parse(readFileSync(`${here}package-lock.json`, 'utf8')).packages);
  const record = `${here}node_modules/.package-lock.json`;
  const there = existsSync(record) ? JSON.parse(readFileSync(record, 'utf8')).packages : {};
  if (wanted.every(([path, { version, optional }]) => path === '' || optional === true || there[path]?.version === version)) return true;
  // Errors only: npm warns of every package that needs a newer Node than this one; they run under Node 24.
  return (await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'])) === 0;
}

/** Runs a program in this folder, on this terminal, and ends it when `signal` aborts. Resolves with its exit code; a signal is 1. */
export function run(program, args, { env = {}, signal } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: here, stdio: 'inherit', env: { ...process.env, ...env }, signal });
    child.once('error', (error) => {
      process.stderr.write(`could not run ${program}: ${error.message}\n`);
      resolve(1);
    });
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

/**
 * Serves models from the built package while `use` runs; resolves with what it returns. `models`: their folder, from the root of the
 * repository; `only`: the one of them to serve. Throws: Error where the server ends first.
 */
export async function serving(use, { models = 'models', only } = {}) {
  const chosen = only === undefined ? [] : ['--only', only];
  const server = spawn(process.execPath, [main, 'serve', '--models', models, ...chosen, '--host', '127.0.0.1', '--port', '0'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise((resolve) => server.once('close', resolve));
  let output = '';
  const listens = new Promise((resolve) => {
    for (const stream of [server.stdout, server.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
        const found = /heddle listens on (http:\S+)\n/.exec(output);
        if (found !== null) resolve(found[1]);
      });
    }
  });
  try {
    const url = await Promise.race([listens, ended.then(() => undefined)]);
    if (url === undefined) throw new Error(`expected a server, it ended with:\n${output}`);
    return await use(url);
  } finally {
    server.kill('SIGTERM');
    await ended;
  }
}
