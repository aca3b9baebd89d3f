// Starts the fake server in a process of its own, and asks it what it did.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What the server does; what is left out is its default, beside each in main.mjs. */
export interface FakePlan {
  readonly slots?: number;
  readonly service_ms?: number;
  readonly dimensions?: number;
  readonly ttft_ms?: number;
  readonly gap_ms?: number;
  readonly tokens?: number;
  readonly stall?: { readonly after_ms: number; readonly for_ms: number };
  readonly refuse_every?: number;
  readonly drop_every?: number;
  readonly truncate_every?: number;
  readonly wrong_every?: number;
  readonly leak_bytes?: number;
  readonly ignores_leaving?: boolean;
  readonly burn_ms?: number;
}

/** One request as the server saw it, in ms since 1970. */
export interface FakeRecord {
  readonly arrivedMs: number;
  readonly startedMs?: number;
  readonly tokenMs: readonly number[];
  readonly endMs?: number;
  readonly leftMs?: number;
  readonly status?: number;
  readonly refuse: boolean;
  readonly drop: boolean;
  readonly truncate: boolean;
  readonly wrong: boolean;
}

export interface FakeServer {
  readonly url: string;
  readonly pid: number;
  truth(): Promise<readonly FakeRecord[]>;
  /** Ends the process; more than once is as good as once. */
  close(): Promise<void>;
}

const program = fileURLToPath(new URL('main.mjs', import.meta.url));

export async function startFakeServer(plan: FakePlan = {}): Promise<FakeServer> {
  const child = fork(program, [JSON.stringify(plan)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const exited = once(child, 'exit');
  const [{ port }] = await once(child, 'message');
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    async truth() {
      const answered = once(child, 'message');
      child.send('truth');
      const [{ truth }] = await answered;
      return truth;
    },
    async close() {
      child.kill();
      await exited;
    },
  };
}
