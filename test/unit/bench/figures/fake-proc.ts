// The files of a Linux machine whose processes a test makes up.

import type { ProcFiles } from '../../../../src/bench/figures/proc-files.ts';

export interface FakeProcess {
  readonly parent?: number;
  readonly name?: string;
  /** Ticks: in user mode, in the system, and both of children that were waited for. */
  readonly ticks?: readonly [number, number, number, number];
  readonly began?: number;
  readonly rssKib?: number;
  /** By thread. */
  readonly children?: Readonly<Record<string, readonly number[]>>;
  /** What its descriptors point to. */
  readonly files?: readonly string[];
}

export class FakeProc implements ProcFiles {
  readonly processes = new Map<number, FakeProcess>();
  readonly texts = new Map<string, string>();
  reads = 0;

  #held: Promise<void> = Promise.resolve();

  /** Reads answer no more until what this returns is called. */
  hold(): () => void {
    let release: () => void = () => {};
    this.#held = new Promise((resolve) => {
      release = resolve;
    });
    return () => release();
  }

  async read(path: string): Promise<string | undefined> {
    this.reads++;
    await this.#held;
    return this.texts.get(path) ?? this.#ofProcess(path);
  }

  list(path: string): Promise<readonly string[]> {
    if (path === '/proc') return Promise.resolve(['self', 'cpuinfo', ...[...this.processes.keys()].map(String)]);
    const [, pid = '', folder = ''] = /^\/proc\/(\d+)\/(\w+)$/.exec(path) ?? [];
    const found = this.processes.get(Number(pid));
    if (folder === 'task') return Promise.resolve(Object.keys(found?.children ?? {}));
    if (folder === 'fd') return Promise.resolve((found?.files ?? []).map((_, index) => String(index)));
    throw new Error(`expected a folder of a process, got ${path}`);
  }

  link(path: string): Promise<string | undefined> {
    const [, pid = '', descriptor = ''] = /^\/proc\/(\d+)\/fd\/(\d+)$/.exec(path) ?? [];
    return Promise.resolve(this.processes.get(Number(pid))?.files?.[Number(descriptor)]);
  }

  #ofProcess(path: string): string | undefined {
    const [, pid = '', file = ''] = /^\/proc\/(\d+)\/(.+)$/.exec(path) ?? [];
    const found = this.processes.get(Number(pid));
    if (found === undefined) return undefined;
    if (file === 'stat') return statLine(Number(pid), found);
    if (file === 'status')
      return found.rssKib === undefined ? 'Name:\tx\nState:\tZ (zombie)\n' : `Name:\tx\nVmRSS:\t  ${found.rssKib} kB\n`;
    const [, thread = ''] = /^task\/(\d+)\/children$/.exec(file) ?? [];
    return `${(found.children?.[thread] ?? []).join(' ')} `;
  }
}

function statLine(pid: number, { name = 'node', parent = 1, ticks = [0, 0, 0, 0], began = 7 }: FakeProcess): string {
  // pid (name) state ppid … utime stime cutime cstime priority nice threads itrealvalue starttime …
  return `${pid} (${name}) S ${parent} 1 1 0 -1 4194560 1 2 3 4 ${ticks.join(' ')} 20 0 11 0 ${began} 5124096 989 1 1 1\n`;
}
