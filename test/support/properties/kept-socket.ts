// A client on one kept connection, which notices a server that does not answer.

import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';

export interface Answer {
  readonly status: number;
  readonly isStream: boolean;
  readonly text: string;
}

/** A silence longer than this is a hung connection, however busy the machine. */
const silenceMs = 60_000;

/** Owns: its connection, until `close`. */
export class KeptSocket {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  /** Reads the answer to its end. Throws: Error where there is none, or where it stops in the middle. */
  async post(path: string, json: string): Promise<Answer> {
    const body = Buffer.from(json);
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    const sent = request({ agent: this.#agent, host: '127.0.0.1', port: this.#port, method: 'POST', path, headers, timeout: silenceMs });
    sent.once('timeout', () => sent.destroy(new Error(`expected an answer within ${silenceMs} ms of silence`)));
    sent.end(body);
    const [reply]: IncomingMessage[] = await once(sent, 'response');
    if (reply === undefined) throw new Error('expected an answer');
    const received = await text(reply);
    return {
      status: reply.statusCode ?? 0,
      isStream: reply.headers['content-type']?.startsWith('text/event-stream') === true,
      text: received,
    };
  }

  close(): void {
    this.#agent.destroy();
  }
}
