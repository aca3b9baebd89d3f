// Makes a fresh clone run: installs what package-lock.json asks for, builds what changed, then starts the asked command.
// Plain JavaScript with node: imports only, because nothing is installed or built yet when it starts.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const oldestNode = [20, 19];
const parent = process.ppid;
// Shorter than anyone waits for a port to be free, and no load.
const parentPollMs = 200;
const root = fileURLToPath(new URL('../..', import.meta.url));
const inRoot = (...parts) => join(root, ...parts);
const say = (text) => process.stderr.write(`heddle: ${text}\n`);

const prove = ['run', '--config', 'vitest.prove.config.ts'];
const commands = {
  serve: (args) => run(process.execPath, [inRoot('dist/src/cli/main.js'), 'serve', ...args], serverEnvironment()),
  bench: (args) => run(process.execPath, [inRoot('dist/src/cli/main.js'), 'bench', ...args], process.env),
  test: (args) => vitest(['run', ...args]),
  prove: (args) => vitest([...prove, ...args]),
  // Those that take a few seconds when cut short.
  'prove-sample': () => vitest([...prove, 'disconnects', 'stop', 'stuck'], { HEDDLE_PROVE: 'sample' }),
  // All of what `prove` sends a part of.
  'prove-properties': (args) => vitest([...prove, 'properties', ...args], { HEDDLE_CASES: process.env.HEDDLE_CASES ?? '200000' }),
  build: () => ({ code: 0, signal: null }),
};

/** From the root, because vitest looks for its configuration in the working folder. */
function vitest(args, env = {}) {
  return run(process.execPath, [inRoot('node_modules/vitest/vitest.mjs'), ...args], { ...process.env, ...env }, root);
}

const isNpmScript = isScriptOfNpm(process.argv[2] ?? '');

await main(process.argv[2] ?? '', process.argv.slice(3));

/** Whether npm was asked for the very script that is this command. All that a script of npm starts inherits the name of that script. */
function isScriptOfNpm(name) {
  const { scripts } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
  return scripts[process.env.npm_lifecycle_event ?? ''] === `node src/cli/from-clone.mjs ${name}`;
}

async function main(name, args) {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) return fail(`expected ${Object.keys(commands).join(', ')}, got '${name}'`, 2);
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1])) {
    return fail(`needs Node.js ${oldestNode.join('.')} or newer, this is ${process.versions.node}; see https://nodejs.org`, 1);
  }
  if (!(await install()) || !(await build())) return;
  finish(await command(args));
}

/** Runs `npm ci` unless the installed packages are those of package-lock.json. */
async function install() {
  const stampFile = inRoot('node_modules/.heddle-stamp');
  const lock = readFileSync(inRoot('package-lock.json'));
  const stamp = createHash('sha256').update(lock).digest('hex');
  if (readIfThere(stampFile) === stamp) return true;
  if (!isInstalled(JSON.parse(lock.toString()))) {
    say('installing dependencies (npm ci); only the first start and a changed package-lock.json need this');
    const npm = process.env.npm_execpath ?? '';
    // --include=dev: the compiler is one, and NODE_ENV=production would leave it out.
    const args = ['ci', '--no-audit', '--no-fund', '--include=dev', '--loglevel=error'];
    const ended =
      basename(npm) === 'npm-cli.js'
        ? await run(process.execPath, [npm, ...args], process.env, root)
        : await run('npm', args, process.env, root);
    if (!succeeded(ended, 'npm ci failed, so heddle cannot start; the lines above say why')) return false;
  }
  writeFileSync(stampFile, stamp);
  return true;
}

/** Whether npm's own record of node_modules has every package of the lock, so that a manual `npm ci` is not repeated. */
function isInstalled(lock) {
  const record = readIfThere(inRoot('node_modules/.package-lock.json'));
  if (record === undefined) return false;
  const installed = JSON.parse(record).packages;
  return Object.entries(lock.packages).every(
    ([path, wanted]) =>
      path === '' || wanted.optional === true || wanted.devOptional === true || installed[path]?.version === wanted.version,
  );
}

/** Compiles to dist/ unless it was compiled from these very sources. */
async function build() {
  const stampFile = inRoot('dist/.heddle-stamp');
  const stamp = sourceHash();
  if (readIfThere(stampFile) === stamp && existsSync(inRoot('dist/src/cli/main.js'))) return true;
  say('building (tsc)');
  mkdirSync(inRoot('dist'), { recursive: true });
  rmSync(stampFile, { force: true });
  const ended = await run(
    process.execPath,
    [inRoot('node_modules/typescript/bin/tsc'), '-p', inRoot('tsconfig.build.json')],
    process.env,
    root,
  );
  if (!succeeded(ended, 'the build failed; the lines above say where')) return false;
  // What browsers get is not compiled.
  for (const folder of ['src/http/docs-page', 'src/bench/report/page']) cpSync(inRoot(folder), inRoot('dist', folder), { recursive: true });
  removeOrphans();
  writeFileSync(stampFile, stamp);
  return true;
}

/** Contents, not times: a checkout or a copy touches times without changing a line. */
function sourceHash() {
  const hash = createHash('sha256');
  const sources = ['src', 'workers'].flatMap((folder) => filesBelow(inRoot(folder))).sort();
  for (const file of [inRoot('tsconfig.json'), inRoot('tsconfig.build.json'), inRoot('package-lock.json'), ...sources]) {
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  return hash.digest('hex');
}

/** Removes what was compiled from sources that are gone; tsc leaves it, and a stale module can still be imported. */
function removeOrphans() {
  for (const folder of ['src', 'workers']) {
    for (const file of filesBelow(inRoot('dist', folder))) {
      const source = inRoot(relative(inRoot('dist'), file).replace(/(\.d)?\.(ts|js)$/, '.ts'));
      if (!existsSync(source)) rmSync(file);
    }
  }
}

function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

function readIfThere(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/** glibc gives the memory of an unloaded model back only when told so before the process starts. */
function serverEnvironment() {
  return { MALLOC_TRIM_THRESHOLD_: '1048576', MALLOC_MMAP_THRESHOLD_: '1048576', ...process.env };
}

/**
 * Runs a program on this terminal and passes signals on. Resolves with how it ended.
 * npm passes a SIGTERM on to its shell, which may end of it without telling this process (dash does): its end is that signal then.
 */
function run(program, args, env, cwd = process.cwd()) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'inherit', env, cwd });
    let isTold = false;
    const forward = (signal) => {
      isTold = true;
      child.kill(signal);
    };
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, forward);
    // Whoever starts this file otherwise may leave it running on purpose.
    const watch =
      isNpmScript &&
      setInterval(() => {
        if (process.ppid !== parent && !isTold) forward('SIGTERM');
      }, parentPollMs);
    const settle = (ended) => {
      clearInterval(watch || undefined);
      for (const signal of signals) process.off(signal, forward);
      resolve(ended);
    };
    child.once('error', (error) => {
      say(`could not run ${program}: ${error.message}`);
      settle({ code: 1, signal: null });
    });
    child.once('exit', (code, signal) => settle({ code, signal }));
  });
}

function succeeded(ended, complaint) {
  if (ended.code === 0) return true;
  if (ended.signal === null) fail(complaint, 1);
  else finish(ended);
  return false;
}

/** Ends as the child did: with its exit code, or by its signal, so that a supervisor sees the same. */
function finish({ code, signal }) {
  if (signal === null) process.exitCode = code ?? 1;
  else process.kill(process.pid, signal);
}

function fail(text, code) {
  say(text);
  process.exitCode = code;
}
