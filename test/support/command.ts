// The `heddle` command in a process of its own, with everything that it prints.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

/** How the process ended. A shell shows a signal as 128 and its number: SIGKILL is 137. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Lines of both streams. */
  readonly lines: readonly string[];
}

export interface CommandOptions {
  readonly cwd: string;
  /** File to run. Default: the built command. */
  readonly script?: string;
  /** For Node itself, before the file. */
  readonly nodeArgs?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Owns: the process, until `close`. */
export class Command {
  readonly #child: ChildProcess;
  readonly #ended: Promise<Ended>;
  #output = '';

  /** Only PATH and HOME are passed on from the test's environment. */
  constructor(args: readonly string[], options: CommandOptions) {
    const { PATH, HOME } = process.env;
    const { cwd, script = main, nodeArgs = [], env = {} } = options;
    this.#child = spawn(process.execPath, [...nodeArgs, script, ...args], { cwd, env: { PATH, HOME, ...env } });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
        this.#child.emit('output');
      });
    }
    // `close` and not `exit`: by then both streams have been read to their end.
    this.#ended = once(this.#child, 'close').then(() => ({
      code: this.#child.exitCode,
      signal: this.#child.signalCode,
      lines: this.#lines,
    }));
  }

  get ended(): Promise<Ended> {
    return this.#ended;
  }

  /** Waits for text in the output; returns what the pattern's group matched. Throws: Error with the output of a process that ends without it. */
  async printed(pattern: RegExp): Promise<string> {
    for (;;) {
      const match = pattern.exec(this.#output);
      if (match !== null) return match[1] ?? match[0];
      const over = this.#child.exitCode !== null || this.#child.signalCode !== null;
      if (over) {
        await this.#ended;
        const late = pattern.exec(this.#output);
        if (late !== null) return late[1] ?? late[0];
        throw new Error(`the command ended without ${String(pattern)}:\n${this.#output}`);
      }
      await Promise.race([once(this.#child, 'output'), this.#ended]);
    }
  }

  send(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Lines of the log and the terminal that hold the text. */
  linesWith(text: string): readonly string[] {
    return this.#lines.filter((line) => line.includes(text));
  }

  /** Stops it as Ctrl-C would, and waits. Idempotent. */
  async close(): Promise<Ended> {
    this.send('SIGTERM');
    return this.#ended;
  }

  get #lines(): readonly string[] {
    return this.#output.split('\n').filter((line) => line !== '');
  }
}
