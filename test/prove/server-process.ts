// The real command in a process of its own, as a user starts it: its log, its event-loop delay and its end.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface LoopDelay {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly rssMib: number;
}

/** One line of the server's log. */
export type LogEntry = Readonly<Record<string, unknown>>;

const command = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
const preload = new URL('measured.mjs', import.meta.url).href;

/** Owns: the process, until `stop` or `kill`. */
export class ServerProcess {
  readonly port: number;
  /** Every line logged so far. */
  readonly log: readonly LogEntry[];
  readonly #child: ChildProcess;
  readonly #exited: Promise<number | NodeJS.Signals>;

  private constructor(child: ChildProcess, port: number, log: readonly LogEntry[], exited: Promise<number | NodeJS.Signals>) {
    this.#child = child;
    this.port = port;
    this.log = log;
    this.#exited = exited;
  }

  /** Starts `heddle serve` with `flags` on a free port; its models are settled when this resolves. Throws: when it exits before. */
  static async start(flags: readonly string[]): Promise<ServerProcess> {
    const args = ['serve', '--port', '0', '--json', ...flags];
    const child = fork(command, args, { execArgv: ['--import', preload], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    const exited = once(child, 'exit').then(([code, signal]) => (signal ?? code) as number | NodeJS.Signals); // the event's documented values
    const log: LogEntry[] = [];
    const settled = new Promise<string>((resolve) => {
      createInterface({ input: child.stderr ?? process.stdin }).on('line', (line) => {
        const entry: LogEntry = line.startsWith('{') ? JSON.parse(line) : { message: line };
        log.push(entry);
        if (entry['message'] === 'models settled') resolve(String(entry['url']));
      });
    });
    const url = await Promise.race([settled, exited]);
    if (typeof url !== 'string' || !url.startsWith('http'))
      throw new Error(`expected a server, it ended with ${url}: ${JSON.stringify(log)}`);
    return new ServerProcess(child, Number(new URL(url).port), log, exited);
  }

  /** Delay of the main thread's event loop since the last reset. */
  async loopDelay(reset: boolean): Promise<LoopDelay> {
    const answer = once(this.#child, 'message');
    this.#child.send(reset ? 'reset' : 'read');
    const [delay] = await answer;
    return delay as LoopDelay; // what measured.mjs sends
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** The exit code, or the signal that ended it. */
  get exited(): Promise<number | NodeJS.Signals> {
    return this.#exited;
  }

  /** Ends it with SIGTERM. */
  stop(): Promise<number | NodeJS.Signals> {
    this.signal('SIGTERM');
    return this.#exited;
  }
}
