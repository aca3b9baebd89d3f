// Replicas of a fragile model on real threads, and what a test needs to see what becomes of them.

import { setEnvironmentData } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';
import type { CallInput, CallObserver } from '../../../src/contract/executor.ts';
import type { Logger } from '../../../src/contract/model.ts';
import type { ModelDescriptor } from '../../../src/contract/thread.ts';
import { readModelConfig } from '../../../src/registry/read-config.ts';
import { facts } from '../host/fixtures.ts';

export const hostFile = new URL('../../../dist/workers/host/main.js', import.meta.url).href;

/** The words that the fragile model reads; its threads get them when they start. */
export function sharedWords(): { release(): void; failLoads(fail: boolean): void; blockLoads(): void } {
  const words = new Int32Array(new SharedArrayBuffer(8));
  setEnvironmentData('fragile', words);
  return {
    release() {
      Atomics.store(words, 0, 1);
      Atomics.notify(words, 0);
    },
    blockLoads: () => void Atomics.store(words, 1, 2),
    failLoads: (fail) => void Atomics.store(words, 1, fail ? 1 : 0),
  };
}

export async function fragile(terminable: boolean): Promise<ModelDescriptor> {
  const dir = fileURLToPath(new URL('../../fixtures/models/fragile', import.meta.url));
  const config = await readModelConfig(dir);
  const runtime = { ...config.runtime, terminable };
  return { config: { ...config, runtime }, dir, environment: 'test', secrets: {}, threads: 1 };
}

/** Resolves what waits for a thing that has happened, at once or when it does. */
export class Events {
  readonly seen: string[] = [];
  readonly #waiting = new Map<string, (() => void)[]>();

  tell(event: string): void {
    this.seen.push(event);
    for (const resolve of this.#waiting.get(event)?.splice(0) ?? []) resolve();
  }

  /** The next time the event happens. */
  async next(event: string): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#waiting.set(event, [...(this.#waiting.get(event) ?? []), resolve]);
    });
  }
}

/** Log lines as events: the fragile model writes one when a call has reached it. */
export function eventLogger(events: Events): Logger {
  const tell = (message: string): void => events.tell(message);
  return { debug: tell, info: tell, warn: tell, error: tell };
}

export function input(op: string): CallInput {
  return { method: 'predict', body: { kind: 'json', bytes: new Uint8Array(Buffer.from(JSON.stringify({ op }))) }, request: facts };
}

/** Hears a call: `outcome` is its text, or the code of the error it failed with. */
export function hearing(): { readonly observer: CallObserver; readonly outcome: Promise<string> } {
  let settle = (_: string): void => {};
  const outcome = new Promise<string>((resolve) => {
    settle = resolve;
  });
  let text = '';
  const observer: CallObserver = {
    head: () => undefined,
    chunk: (bytes) => {
      text += Buffer.from(bytes).toString();
    },
    end: () => settle(text),
    fail: (error) => settle(`${error.status} ${error.code}`),
  };
  return { observer, outcome };
}
