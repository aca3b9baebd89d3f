// What the tests of this room send to and send: a real server on a free port, and plain requests.

import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type Clock, systemClock } from '../../../../src/core/clock.ts';
import type { Exchange, ExchangeWatcher } from '../../../../src/bench/load/exchange.ts';
import type { Leaving } from '../../../../src/bench/load/leaving.ts';
import type { Target } from '../../../../src/bench/load/load-job.ts';
import { Sender } from '../../../../src/bench/load/sender.ts';
import type { AnswerReader, PreparedRequest } from '../../../../src/bench/prepared-request.ts';
import type { RequestRecord } from '../../../../src/bench/request-record.ts';

export interface SmallServer {
  readonly url: string;
  readonly server: Server;
  /** All that were ever open, in that order. */
  readonly sockets: readonly Socket[];
  close(): Promise<void>;
}

export async function smallServer(listener: RequestListener): Promise<SmallServer> {
  const server = createServer(listener);
  const sockets: Socket[] = [];
  server.on('connection', (socket) => sockets.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on a port has an address of this form.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    server,
    sockets,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Counts the newlines of an answer as pieces; an answer without `end` is truncated. */
export function lineReader(): AnswerReader {
  let text = '';
  return {
    head: () => undefined,
    data: (chunk) => {
      const added = chunk.toString();
      text += added;
      return added.split('\n').length - 1;
    },
    end: () =>
      text.includes('end') ? { outcome: 'ok', tokensOut: text.split('\n').length - 1 } : { outcome: 'truncated', reason: 'no end' },
  };
}

const headers = { 'content-type': 'text/plain' };

export function plainRequest(index: number, more: Partial<PreparedRequest> = {}): PreparedRequest {
  return {
    workload: 'plain',
    route: 'predict',
    path: `/${index}`,
    headers,
    body: `request ${index}`,
    items: 1,
    answer: lineReader,
    ...more,
  };
}

export const plainClock: Clock = systemClock;

/** A sender to a server, and the promises of its records. */
export function senderTo(
  url: string,
  options: {
    readonly target?: Partial<Target>;
    readonly request?: Partial<PreparedRequest>;
    readonly leaving?: Leaving;
    readonly moved?: (exchange: Exchange) => void;
    readonly clock?: Clock;
  } = {},
) {
  const settle = new Map<number, (record: RequestRecord) => void>();
  const watcher: ExchangeWatcher = {
    ended: (record) => settle.get(record.index)?.(record),
    ...(options.moved === undefined ? {} : { moved: options.moved }),
  };
  const sender = new Sender({
    target: { url, timeoutMs: 30_000, connections: 4, ...options.target },
    source: (index) => plainRequest(index, options.request),
    clock: options.clock ?? plainClock,
    leaving: options.leaving,
    watcher,
  });
  return {
    sender,
    send: (index: number, place: { readonly leave?: 'queued' | 'before_first_token' | 'mid_stream' } = {}) => {
      const record = new Promise<RequestRecord>((resolve) => settle.set(index, resolve));
      const exchange = sender.send({ index, intendedMs: sender.clock.now(), isWarmup: false, ...place });
      return { record, exchange };
    },
  };
}
