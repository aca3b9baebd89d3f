// A client with one keep-alive socket: if the listener were opened anew between two requests, the second would need another.

import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** The parsed JSON of the reply. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects and fails where it is not there
  readonly body: any;
}

export class OneSocket {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #port: number;
  /** Local ports of the sockets that requests went out on. */
  readonly localPorts = new Set<number | undefined>();

  constructor(port: number) {
    this.#port = port;
  }

  /** A Buffer is sent as it is, anything else as JSON. */
  async send(verb: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const bytes = body === undefined || Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
    const length = bytes === undefined || 'transfer-encoding' in headers ? {} : { 'content-length': String(bytes.length) };
    const sized = bytes === undefined ? {} : { 'content-type': 'application/json', ...length };
    const outgoing = request({
      agent: this.#agent,
      host: '127.0.0.1',
      port: this.#port,
      method: verb,
      path,
      headers: { ...sized, ...headers },
    });
    outgoing.end(bytes);
    const [reply]: IncomingMessage[] = await once(outgoing, 'response');
    if (reply === undefined) throw new Error('expected a reply');
    this.localPorts.add(outgoing.socket?.localPort);
    const received = await text(reply);
    return { status: reply.statusCode ?? 0, headers: reply.headers, body: received === '' ? undefined : JSON.parse(received) };
  }

  get(path: string): Promise<Answer> {
    return this.send('GET', path);
  }

  close(): void {
    this.#agent.destroy();
  }
}
