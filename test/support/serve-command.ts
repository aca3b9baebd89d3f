// Starts what `npm start` starts, as a process of its own on a free port.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './doc-sandbox.ts';

export interface ServedCommand {
  /** Where it listens. */
  readonly url: string;
  /** Where the command would have listened outside of a test. */
  readonly documentedPort: string;
  /** Stops it as Ctrl-C would, and waits for its end. */
  close(): Promise<void>;
}

/** Runs the start script with flags and variables. Resolves when the models have settled. Throws: Error with the output of one that ends first. */
export async function serveCommand(args: readonly string[], env: Readonly<Record<string, string>>, cwd: string): Promise<ServedCommand> {
  const manifest: { scripts: { start: string } } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const [, script = '', ...words] = manifest.scripts.start.split(' ');
  // The last flag counts. With --json the address would be in the log.
  const flags = [...words, ...args.filter((arg) => arg !== '--json'), '--host', '127.0.0.1', '--port', '0'];
  const child = spawn(process.execPath, [join(root, script), ...flags], { cwd, env: { PATH: process.env['PATH'], ...env } });
  const url = await listening(child).catch(async (error: unknown) => {
    await stop(child);
    throw error;
  });
  return { url, documentedPort: portOf(args, env), close: () => stop(child) };
}

function listening(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        const url = /heddle listens on (http:\S+)\n/.exec(output)?.[1];
        if (url !== undefined) resolve(url);
      });
    }
    child.once('error', reject).once('exit', () => reject(new Error(`the server ended:\n${output}`)));
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

function portOf(args: readonly string[], env: Readonly<Record<string, string>>): string {
  const at = args.lastIndexOf('--port');
  const joined = args.find((arg) => arg.startsWith('--port='))?.slice('--port='.length);
  return joined ?? (at < 0 ? undefined : args[at + 1]) ?? env['HEDDLE_PORT'] ?? '8080';
}
