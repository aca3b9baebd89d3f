// Starts what `npm start` starts, as a process of its own on a free port.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from './command.ts';
import { root } from './doc-sandbox.ts';

export interface ServedCommand {
  /** Where it listens. */
  readonly url: string;
  /** Where the command would have listened outside of a test. */
  readonly documentedPort: string;
  /** Stops it as Ctrl-C would, and waits for its end. */
  close(): Promise<unknown>;
}

/** Runs the start script with flags and variables. Resolves when the models have settled. Throws: Error with the output of one that ends first. */
export async function serveCommand(args: readonly string[], env: Readonly<Record<string, string>>, cwd: string): Promise<ServedCommand> {
  const manifest: { scripts: { start: string } } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const [, script = '', ...words] = manifest.scripts.start.split(' ');
  // The last flag counts. With --json the address would be in the log.
  const flags = [...words, ...args.filter((arg) => arg !== '--json'), '--host', '127.0.0.1', '--port', '0'];
  const command = new Command(flags, { cwd, script: join(root, script), env });
  return { url: await command.printed(/heddle listens on (http:\S+)\n/), documentedPort: portOf(args, env), close: () => command.close() };
}

function portOf(args: readonly string[], env: Readonly<Record<string, string>>): string {
  const at = args.lastIndexOf('--port');
  const joined = args.find((arg) => arg.startsWith('--port='))?.slice('--port='.length);
  return joined ?? (at < 0 ? undefined : args[at + 1]) ?? env['HEDDLE_PORT'] ?? '8080';
}
