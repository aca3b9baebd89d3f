// The client of a proof: light enough to load a server from the same machine, and telling everything that came back.

import { Agent, request } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** Milliseconds from the call to the last byte. */
  readonly ms: number;
  /** Arrival of each piece of the body, in milliseconds of `performance.now()`. */
  readonly arrivals: readonly number[];
}

/** Connections that are kept, at most `connections` at once. Owns: its sockets, until `close`. */
export class Client {
  readonly #agent: Agent;
  readonly #port: number;

  constructor(port: number, connections: number) {
    this.#port = port;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /** Resolves with whatever the server answered. Throws: the socket's error when it answered nothing, or not to the end. */
  send(method: 'GET' | 'POST', path: string, body?: object): Promise<Answer> {
    const started = performance.now();
    const text = body === undefined ? '' : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
      const sent = request({ agent: this.#agent, host: '127.0.0.1', port: this.#port, method, path, headers }, (reply) => {
        const pieces: Buffer[] = [];
        const arrivals: number[] = [];
        reply.on('data', (piece: Buffer) => {
          pieces.push(piece);
          arrivals.push(performance.now());
        });
        reply.once('error', reject);
        reply.once('end', () => {
          const ms = performance.now() - started;
          resolve({ status: reply.statusCode ?? 0, headers: reply.headers, text: Buffer.concat(pieces).toString(), ms, arrivals });
        });
      });
      sent.once('error', reject);
      sent.end(text);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** Keeps `clients` callers busy, each with its next call as soon as the last ended, until `endsAt` (`performance.now()`). */
export async function closedLoop(clients: number, endsAt: number, call: (client: number) => Promise<void>): Promise<void> {
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      while (performance.now() < endsAt) await call(client);
    }),
  );
}
