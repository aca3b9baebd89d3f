// Bytes on their way to one client: in slices, at its pace, with a watch for a client that takes nothing any more.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock, Timer } from '../core/clock.ts';

export interface PacedWriterOptions {
  readonly clock: Clock;
  /** A client that takes nothing for so long counts as gone. */
  readonly stalledWriteMs: number;
  /** Bytes of the model were taken. */
  readonly onTaken: (bytes: number) => void;
  readonly onStall: () => void;
}

// A socket reports a write only when all of it is taken: in one piece a large answer would show no progress.
const sliceBytes = 65_536;

interface Piece {
  readonly bytes: Uint8Array;
  readonly isOwn: boolean;
}

/** Writes to a response whose head is written. Owns: the stall timer, until `drop`. */
export class PacedWriter {
  readonly #socket: IncomingMessage['socket'];
  readonly #response: ServerResponse;
  readonly #options: PacedWriterOptions;
  readonly #pieces: Piece[] = [];
  #isEnding = false;
  #isWaiting = false;
  #stallTimer: Timer | undefined;

  constructor(request: IncomingMessage, response: ServerResponse, options: PacedWriterOptions) {
    this.#socket = request.socket; // the response has it only while it is its turn
    this.#response = response;
    this.#options = options;
  }

  /** Whether written bytes wait for the client. */
  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  /** `isOwn`: the bytes are not the model's and are not reported as taken. */
  write(bytes: Uint8Array, isOwn = false): void {
    for (let start = 0; start < bytes.length; start += sliceBytes)
      this.#pieces.push({ bytes: bytes.subarray(start, start + sliceBytes), isOwn });
    this.#pump();
  }

  /** Ends the response after what was written. */
  end(): void {
    this.#isEnding = true;
    this.#pump();
  }

  /** Watches until `drop`, or until the client has taken all that was written. */
  watch(): void {
    if (this.#stallTimer !== undefined) return;
    const before = this.#takenBytes();
    this.#stallTimer = this.#options.clock.after(this.#options.stalledWriteMs, () => {
      this.#stallTimer = undefined;
      // A pipelined answer without a socket waits for the one before it, not for the client.
      const isMoving = this.#response.socket === null || this.#takenBytes() > before;
      if (isMoving) this.watch();
      else this.#options.onStall();
    });
  }

  /** Forgets what is not written and stops the watch. Idempotent. */
  drop(): void {
    this.#pieces.length = 0;
    this.#stopWatch();
  }

  #pump(): void {
    while (!this.#isWaiting) {
      const piece = this.#pieces.shift();
      if (piece === undefined) break;
      const reported = piece.isOwn ? 0 : piece.bytes.length;
      if (this.#response.write(piece.bytes)) this.#options.onTaken(reported);
      else this.#waitForDrain(reported);
    }
    if (!this.#isEnding || this.#pieces.length > 0 || this.#response.writableEnded) return;
    this.#response.end();
    this.watch();
  }

  #waitForDrain(reported: number): void {
    this.#isWaiting = true;
    this.watch();
    this.#response.once('drain', () => {
      this.#isWaiting = false;
      this.#stopWatch();
      this.#options.onTaken(reported);
      this.#pump();
    });
  }

  #stopWatch(): void {
    this.#stallTimer?.cancel();
    this.#stallTimer = undefined;
  }

  /** `bytesWritten` counts what is still queued too. */
  #takenBytes(): number {
    return this.#socket.bytesWritten - this.#socket.writableLength;
  }
}
