// A bounded set of connections, each with at most one request. A request that finds all of them busy waits here, where it can still be
// taken back: undici's own pool would write it to a socket first, and only then tell that it may be aborted.

import { Client } from 'undici';
import type { Exchange } from './exchange.ts';

export interface ConnectionsOptions {
  /** Base URL. */
  readonly url: string;
  readonly apiKey?: string;
  readonly most: number;
}

/** Owns: its connections, closed by `close`. */
export class Connections {
  readonly #origin: string;
  readonly #prefix: string;
  readonly #most: number;
  readonly #apiKey: string | undefined;
  readonly #clients: Client[] = [];
  /** The one that was used last comes first, so that a light load keeps few connections and those warm. */
  readonly #free: Client[] = [];
  readonly #busy = new Map<Exchange, Client>();
  #waiting: Exchange[] = [];
  #waitingFrom = 0;
  /** The headers of a workload are one object in all its requests; with the key they need to be joined once only. */
  readonly #headers = new WeakMap<object, Readonly<Record<string, string>>>();

  /** Throws: TypeError where the URL is none. */
  constructor({ url, apiKey, most }: ConnectionsOptions) {
    const { origin, pathname } = new URL(url);
    this.#origin = origin;
    this.#prefix = pathname.replace(/\/+$/, '');
    this.#most = most;
    this.#apiKey = apiKey;
  }

  send(exchange: Exchange): void {
    const client = this.#free.pop() ?? this.#opened();
    if (client === undefined) this.#waiting.push(exchange);
    else this.#dispatch(client, exchange);
  }

  /** The connection of an exchange that was sent is free again. */
  released(exchange: Exchange): void {
    const client = this.#busy.get(exchange);
    if (client === undefined) return;
    this.#busy.delete(exchange);
    // undici may refuse a request within the call that dispatches it; in a later turn, or a queue of such would be a stack.
    if (exchange.sentMs === undefined) setImmediate(() => this.#serve(client));
    else this.#serve(client);
  }

  /** Idempotent. Ends what is on its way with an error of the connection. */
  async close(): Promise<void> {
    this.#waiting = [];
    this.#waitingFrom = 0;
    await Promise.all(this.#clients.map((client) => client.destroy()));
  }

  #serve(client: Client): void {
    const next = this.#firstWaiting();
    if (next === undefined) this.#free.push(client);
    else this.#dispatch(client, next);
  }

  #opened(): Client | undefined {
    if (this.#clients.length >= this.#most) return undefined;
    // Its time limits are off: the sender has one that counts from the intended start.
    const client = new Client(this.#origin, { pipelining: 1, headersTimeout: 0, bodyTimeout: 0 });
    this.#clients.push(client);
    return client;
  }

  #dispatch(client: Client, exchange: Exchange): void {
    this.#busy.set(exchange, client);
    const { path } = exchange.request;
    client.dispatch(
      { path: this.#prefix === '' ? path : this.#prefix + path, method: 'POST', headers: this.#headersOf(exchange), body: exchange.body },
      exchange,
    );
  }

  #firstWaiting(): Exchange | undefined {
    while (this.#waitingFrom < this.#waiting.length) {
      const next = this.#waiting[this.#waitingFrom++];
      if (next !== undefined && !next.isOver) {
        // Cut now and then, not each time: that would move the whole queue.
        if (this.#waitingFrom > 1024) this.#cut();
        return next;
      }
    }
    this.#cut();
    return undefined;
  }

  #cut(): void {
    if (this.#waitingFrom === 0) return;
    this.#waiting = this.#waiting.slice(this.#waitingFrom);
    this.#waitingFrom = 0;
  }

  #headersOf({ request }: Exchange): Readonly<Record<string, string>> {
    if (this.#apiKey === undefined) return request.headers;
    const known = this.#headers.get(request.headers);
    if (known !== undefined) return known;
    const headers: Record<string, string> = { authorization: `Bearer ${this.#apiKey}`, ...request.headers };
    // Servers of the Anthropic form look there.
    if (request.route === 'messages') headers['x-api-key'] ??= this.#apiKey;
    this.#headers.set(request.headers, headers);
    return headers;
  }
}
