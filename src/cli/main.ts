#!/usr/bin/env node
// The `heddle` command: reads its arguments and runs what they ask for.

import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { InferenceError } from '../core/errors.ts';
import { nearest } from '../core/nearest.ts';
import { type BenchOptions, readBenchOptions } from './bench-options.ts';
import { benchHelpText, helpText } from './help.ts';
import { createLogger, isLogLevel } from './log.ts';
import { OptionProblems, readOptions, type ServeOptions } from './options.ts';
import { serve } from './serve.ts';

const exitFailed = 1;
const exitUsage = 2;

await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<void> {
  const [command, ...rest] = args;
  const asksForHelp = args.includes('--help') || args.includes('-h');
  if (command === 'bench' && (asksForHelp || rest.length === 0)) return print(benchHelpText());
  if (args.length === 0 || command === 'help' || asksForHelp) return print(helpText());
  if (command === '--version' || (command === 'serve' && rest.includes('--version'))) return print(`${version()}\n`);
  if (command === 'serve') return runServe(rest);
  if (command === 'bench') return runBench(rest);
  const near = nearest(command ?? '', ['serve', 'bench', 'help', '--help', '--version']);
  fail([`unknown command '${command}'${near === undefined ? '' : `; did you mean '${near}'?`}`], exitUsage);
}

async function runServe(args: readonly string[]): Promise<void> {
  let options: ServeOptions;
  try {
    options = readOptions({ args, env: process.env, defaultFile: resolve('heddle.yaml') });
  } catch (error) {
    if (!(error instanceof OptionProblems)) throw error;
    return fail([...error.problems, 'heddle --help lists all options'], exitUsage);
  }
  const level = options['log-level'];
  const logger = createLogger({
    level: isLogLevel(level) ? level : 'info',
    json: options.json,
    color: process.stderr.isTTY === true && process.env['NO_COLOR'] === undefined,
    write: (line) => process.stderr.write(line),
    time: () => new Date(),
  });
  try {
    await serve(options, logger, {
      signals: process,
      errors: process,
      print,
      exit: (code) => process.exit(code),
      kill: endNow,
    });
  } catch (error) {
    fail(startProblem(error, options), exitFailed);
    // Whatever half-opened must not keep a server alive that says it failed.
    process.exit();
  }
}

async function runBench(args: readonly string[]): Promise<void> {
  let options: BenchOptions;
  try {
    options = readBenchOptions(args, process.env);
  } catch (error) {
    if (!(error instanceof OptionProblems)) throw error;
    return fail([...error.problems, 'heddle bench --help lists all options'], exitUsage);
  }
  const stop = new AbortController();
  // The first signal ends the run in order, a second one at once: the listener is gone by then.
  process.once('SIGINT', () => stop.abort(new Error('stopped by SIGINT')));
  process.once('SIGTERM', () => stop.abort(new Error('stopped by SIGTERM')));
  try {
    // Not at the top: a server that starts has no use for it, and would start later.
    const { bench } = await import('./bench.ts');
    process.exitCode = await bench(options, {
      print,
      tell: (text) => process.stderr.write(text),
      isTty: process.stderr.isTTY === true,
      color: process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined,
      version: version(),
      signal: stop.signal,
    });
  } catch (error) {
    fail((error instanceof Error ? error.message : String(error)).split('\n'), error instanceof InferenceError ? exitUsage : exitFailed);
  }
}

/** Ends the process without running anything more in it. */
function endNow(): void {
  process.kill(process.pid, 'SIGKILL');
  // Only the first process of a container comes here: the kernel spares it its own signals. Aborting it works.
  process.abort();
}

function startProblem(error: unknown, options: ServeOptions): readonly string[] {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const at = `${options.host}:${options.port}`;
  if (error instanceof InferenceError) return error.message.split('\n');
  if (code === 'EADDRINUSE') return [`port ${options.port} on ${options.host} is in use; stop the other server or choose --port`];
  if (code === 'EACCES') return [`not allowed to listen on ${at}; choose a --port above 1023`];
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return [`${options.host} is not an address of this machine; choose another --host`];
  return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
}

function version(): string {
  const manifest: unknown = createRequire(import.meta.url)('heddle/package.json');
  const known = typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : undefined;
  return typeof known === 'string' ? known : 'unknown';
}

function print(text: string): void {
  // A reader that took the first lines and left, such as head, is no error.
  process.stdout.on('error', () => undefined);
  process.stdout.write(text);
}

function fail(lines: readonly string[], code: number): void {
  process.stderr.write(lines.map((line) => `heddle: ${line}\n`).join(''));
  process.exitCode = code;
}
