// The built `heddle bench` against a server of a test: a scenario goes in, and what it printed and wrote comes out.

import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Outcome } from '../../src/bench/request-record.ts';
import type { RunSummary } from '../../src/bench/run-summary.ts';

const main = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

export interface BenchEnded {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a test reads of a line of requests.jsonl. */
interface RequestLine {
  readonly index: number;
  readonly warmup: boolean;
  readonly outcome: Outcome;
  readonly status?: number;
  readonly leave?: string;
}

export interface BenchWritten extends BenchEnded {
  readonly summary: RunSummary;
  readonly requests: readonly RequestLine[];
  readonly report: string;
  readonly folder: string;
}

/** Owns: a folder for scenarios and what is written, until `close`. */
export class BenchFolder {
  readonly dir = mkdtempSync(join(tmpdir(), 'heddle-bench-'));
  #runs = 0;

  /** Runs `heddle bench` with these arguments. */
  command(args: readonly string[]): Promise<BenchEnded> {
    const { PATH, HOME } = process.env;
    return new Promise((resolve) => {
      const options = { cwd: this.dir, env: { PATH, HOME }, maxBuffer: 2 ** 26 };
      const child = execFile(process.execPath, [main, 'bench', ...args], options, (_error, stdout, stderr) =>
        resolve({ code: child.exitCode, stdout, stderr }),
      );
    });
  }

  /** Writes a scenario, JSON being YAML, and returns its path. */
  scenario(content: object): string {
    this.#runs += 1;
    const file = join(this.dir, `scenario-${this.#runs}.yaml`);
    writeFileSync(file, JSON.stringify(content));
    return file;
  }

  /** Runs a scenario and reads all of what it wrote. Throws: Error with the output of a run that wrote nothing. */
  async run(url: string, scenario: object, args: readonly string[] = []): Promise<BenchWritten> {
    const file = this.scenario(scenario);
    const folder = join(this.dir, `out-${this.#runs}`);
    mkdirSync(folder);
    const ended = await this.command([url, '--scenario', file, '--out', folder, ...args]);
    if (!existsSync(join(folder, 'summary.json'))) throw new Error(`the run wrote no summary:\n${ended.stdout}${ended.stderr}`);
    const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
    const lines = read('requests.jsonl').split('\n').slice(0, -1);
    return {
      ...ended,
      summary: JSON.parse(read('summary.json')),
      requests: lines.map((line) => JSON.parse(line)),
      report: read('report.html'),
      folder,
    };
  }

  close(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}
