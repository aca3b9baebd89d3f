// The server that `heddle bench --self` measures: this very package in a process of its own, since one that shared ours would share its load.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface OwnServer {
  readonly url: string;
  /** Ends the process. Idempotent. */
  close(): Promise<void>;
}

const program = fileURLToPath(new URL('main.js', import.meta.url));
// Beside dist/, in the package as in a clone.
const models = fileURLToPath(new URL('../../../models', import.meta.url));

/** Resolves when its models are ready or failed. Rejects: an Error where it ends before, with the last line that it logged. */
export async function startOwnServer(signal: AbortSignal): Promise<OwnServer> {
  const args = ['serve', '--port', '0', '--json', '--models', models];
  const child = fork(program, args, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  const exited = once(child, 'exit');
  const close = async (): Promise<void> => {
    child.kill('SIGTERM');
    await exited;
  };
  let last = 'nothing was logged';
  const ready = new Promise<string>((resolve) => {
    const lines = createInterface({ input: child.stderr ?? process.stdin });
    lines.on('line', (line) => {
      last = line;
      const url = settledUrl(line);
      if (url !== undefined) resolve(url);
    });
  });
  const stopped = once(signal, 'abort').then(() => undefined);
  const url = await Promise.race([ready, exited.then(() => undefined), stopped]);
  if (url !== undefined) return { url, close };
  if (signal.aborted) await close();
  throw new Error(`the server did not start: ${last}`);
}

function settledUrl(line: string): string | undefined {
  if (!line.startsWith('{')) return undefined;
  const entry: Record<string, unknown> = JSON.parse(line);
  return entry['message'] === 'models settled' && typeof entry['url'] === 'string' ? entry['url'] : undefined;
}
