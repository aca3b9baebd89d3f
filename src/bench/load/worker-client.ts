// A client in a thread of its own, seen from the thread that runs the load.

import { Worker } from 'node:worker_threads';
import type { RequestRecord } from '../request-record.ts';
import type { ClientThreadData, FromClientThread, ToClientThread } from './client-messages.ts';
import type { Client } from './load-client.ts';
import type { SelfFigures } from './self-watch.ts';
import { settleable } from './settleable.ts';

export interface WorkerClientOptions {
  /** The built entry of the thread. */
  readonly file: URL;
  readonly data: ClientThreadData;
  readonly onRecords: (records: readonly RequestRecord[]) => void;
}

/** Owns: its thread, ended by `close`. */
export class WorkerClient implements Client {
  readonly #worker: Worker;
  readonly #warm: Promise<void>;
  readonly #measured: Promise<SelfFigures>;

  constructor({ file, data, onRecords }: WorkerClientOptions) {
    this.#worker = new Worker(file, { workerData: data });
    const warm = settleable<void>();
    const measured = settleable<SelfFigures>();
    this.#warm = warm.promise;
    this.#measured = measured.promise;
    // Whoever waits hears of a failure; that nobody waits yet, or any more, is no failure of the process.
    this.#warm.catch(() => undefined);
    this.#measured.catch(() => undefined);
    this.#worker.on('message', (message: FromClientThread) => {
      switch (message.type) {
        case 'records':
          onRecords(message.records);
          break;
        case 'warm':
          warm.resolve(undefined);
          break;
        case 'measured':
          measured.resolve(message.figures);
          break;
      }
    });
    const fail = (error: unknown): void => {
      warm.reject(error);
      measured.reject(error);
    };
    this.#worker.on('error', fail);
    this.#worker.on('exit', (code) => fail(new Error(`a client thread ended with exit code ${code} before its requests did`)));
  }

  warmUp(): Promise<void> {
    return this.#warm;
  }

  measure(startMs: number): Promise<SelfFigures> {
    this.#tell({ type: 'measure', startMs });
    return this.#measured;
  }

  stop(): void {
    this.#tell({ type: 'stop' });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #tell(message: ToClientThread): void {
    this.#worker.postMessage(message);
  }
}
