// A backend by hand: it admits every call and lets the test play the model.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { ModelCapabilities } from '../../../src/contract/capabilities.ts';
import type { Logger } from '../../../src/contract/model.ts';
import { type MethodName, methodNames } from '../../../src/contract/methods.ts';
import type { Backend, RunningRequest } from '../../../src/http/backend.ts';
import type { ModelView, Readiness } from '../../../src/runtime/model-view.ts';
import { ResponseStore } from '../../../src/runtime/response-store.ts';
import { StoredResponses } from '../../../src/runtime/stored-responses.ts';
import type { Submission } from '../../../src/runtime/submission.ts';
import { createServer, type HeddleServer, type ServerOptions } from '../../../src/http/server.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };

export class FakeBackend implements Backend {
  readonly environment: string;
  draining = false;
  alive = true;
  readonly store = new ResponseStore(new FakeClock());
  readonly responses = new StoredResponses({ store: this.store, clock: new FakeClock(), logger: silent });
  isReady = true;
  capabilities: ModelCapabilities | undefined = {};
  methods: readonly MethodName[] = methodNames;
  schemas: ModelView['schemas'] = { predict: { input: { type: 'object' } } };
  exampleInput: unknown = { texts: ['hello'] };
  credits: number[] = [];
  error: Error | undefined;
  readonly admissions: Submission[] = [];
  constructor(environment = 'production') {
    this.environment = environment;
  }
  #waiting: ((admission: Submission) => void)[] = [];

  models(): readonly ModelView[] {
    return [
      {
        name: 'tiny',
        aliases: ['org/tiny:q4'],
        description: '',
        state: this.isReady ? 'ready' : 'loading',
        reason: undefined,
        required: true,
        methods: this.methods,
        capabilities: this.capabilities,
        schemas: this.schemas,
        exampleInput: this.exampleInput,
        created: 1_700_000_000,
        replicas: { ready: 1, retired: 0, total: 1 },
        queued: 0,
        running: 0,
      },
    ];
  }
  model(name: string): ModelView | undefined {
    return this.models().find((model) => model.name === name || model.aliases.includes(name));
  }
  hasMethod(method: MethodName): boolean {
    return this.methods.includes(method);
  }
  modelsWith(method: MethodName): readonly string[] {
    return this.hasMethod(method) ? ['tiny'] : [];
  }
  async readiness(): Promise<Readiness> {
    return { ready: this.isReady, waitingFor: this.isReady ? {} : { tiny: 'loading' } };
  }
  timeoutMs(): number {
    return 60_000;
  }
  async submit(admission: Submission): Promise<RunningRequest> {
    if (this.error !== undefined) throw this.error;
    this.admissions.push(admission);
    for (const wake of this.#waiting.splice(0)) wake(admission);
    return { credit: (bytes) => void this.credits.push(bytes), released: Promise.resolve() };
  }
  /** The next call that arrives. */
  next(): Promise<Submission> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

export interface LogLine {
  readonly level: keyof Logger;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>> | undefined;
}

export interface Rig {
  readonly backend: FakeBackend;
  readonly clock: FakeClock;
  readonly server: HeddleServer;
  readonly port: number;
  readonly url: string;
  readonly lines: readonly LogLine[];
}

/** Runs `test` against a listening server and closes it afterwards. */
export async function withServer(test: (rig: Rig) => Promise<void>, options: Partial<ServerOptions> = {}): Promise<void> {
  const backend = new FakeBackend();
  const clock = new FakeClock();
  const lines: LogLine[] = [];
  const at =
    (level: LogLine['level']) =>
    (message: string, fields?: Readonly<Record<string, unknown>>): void =>
      void lines.push({ level, message, fields });
  const logger: Logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  const server = await createServer(backend, { logger, clock, ...options });
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
  try {
    await test({ backend, clock, server, port, url: `http://127.0.0.1:${port}`, lines });
  } finally {
    const closed = server.close();
    server.app.server.closeAllConnections();
    await closed;
  }
}

export function aborted(signal: AbortSignal): Promise<unknown> {
  if (signal.aborted) return Promise.resolve(signal.reason);
  return once(signal, 'abort').then(() => signal.reason);
}

/** A raw client. Its errors are expected where a test destroys it. */
export async function dial(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** The parsed body, loosely typed: the assertions say what it must be. */
export async function json(response: Response) {
  return JSON.parse(await response.text());
}

export function postText(path: string, body: string): string {
  return `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

export function answer(admission: Submission, json: string): void {
  admission.observer.head({ status: 200, headers: { 'content-type': 'application/json; charset=utf-8' }, shape: 'whole' });
  admission.observer.chunk(Buffer.from(json), 0);
  admission.observer.end(undefined);
}
