// Every request of a run as one line of JSON, written while the run goes on: what happened can be looked at again without running it again.

import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import type { RequestRecord } from '../request-record.ts';

/**
 * Opens a file that is written anew.
 * Throws: the system's error, where the path cannot be written.
 * Owns: the file, until `close`.
 */
export async function openRecordFile(path: string): Promise<RecordFile> {
  const stream = createWriteStream(path);
  await once(stream, 'open');
  return new RecordFile(stream);
}

export class RecordFile {
  readonly #stream: WriteStream;
  #failure: Error | undefined;
  #closed: Promise<void> | undefined;

  constructor(stream: WriteStream) {
    this.#stream = stream;
    // Without a listener a full disk would end the process; it is told by the next write or by the close.
    stream.on('error', (error) => {
      this.#failure ??= error;
    });
  }

  /**
   * Resolves when more may be written: who waits for it never has more in memory than the stream's own buffer.
   * Throws: the system's error of this or an earlier write; an error after `close`.
   */
  async write(step: string, record: RequestRecord): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#closed !== undefined) throw new Error('expected an open file of records, got one that is closed');
    const line = `${JSON.stringify({ step, ...recordLine(record) })}\n`;
    await new Promise<void>((resolve, reject) => {
      // Not the event `drain`: it does not come once the file is being closed, and who waits for it would wait for ever.
      const hasRoom = this.#stream.write(line, (error) => (error ? reject(error) : resolve()));
      if (hasRoom) resolve();
    });
  }

  /**
   * Resolves when everything is on its way to the disk. Idempotent.
   * Throws: the system's error, where a line could not be written.
   */
  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  async #end(): Promise<void> {
    this.#stream.end();
    // An error closes the stream as well, so this always comes.
    if (!this.#stream.closed) await once(this.#stream, 'close').catch(() => undefined);
    if (this.#failure !== undefined) throw this.#failure;
  }
}

/** Times are rounded to microseconds: the clock tells no more, and the file is half as long. */
function recordLine(record: RequestRecord): Record<string, unknown> {
  const { index, workload, route, model, isWarmup, status, outcome, reason, items, leave, serverMs } = record;
  return {
    index,
    workload,
    route,
    model,
    warmup: isWarmup,
    intended_ms: toMicroseconds(record.intendedMs),
    sent_ms: toMicroseconds(record.sentMs),
    first_byte_ms: toMicroseconds(record.firstByteMs),
    first_token_ms: toMicroseconds(record.firstTokenMs),
    token_ms: record.tokenMs.map(toMicroseconds),
    end_ms: toMicroseconds(record.endMs),
    status,
    outcome,
    reason,
    bytes_sent: record.bytesSent,
    bytes_received: record.bytesReceived,
    items,
    tokens_in: record.tokensIn,
    tokens_out: record.tokensOut,
    leave,
    server_ms: serverMs,
  };
}

function toMicroseconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms * 1_000) / 1_000;
}
