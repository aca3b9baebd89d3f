// Which requests of a connection still wait for their answer: what may be written to a socket whose input broke depends on it.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { RequestContext } from './request-context.ts';

/** A request whose answer is due. */
export interface OpenAnswer {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly context: RequestContext;
}

/** The requests in flight, by connection. */
export class OpenAnswers {
  // Weak, since a connection ends without telling.
  readonly #bySocket = new WeakMap<Socket, Set<OpenAnswer>>();

  /** Counts the request until its answer is written or its client is gone. */
  add(request: IncomingMessage, response: ServerResponse, context: RequestContext): void {
    const { socket } = request;
    const open = this.#bySocket.get(socket) ?? new Set();
    this.#bySocket.set(socket, open);
    const answer = { request, response, context };
    open.add(answer);
    context.life.onOver(() => void open.delete(answer));
  }

  /**
   * Whose input broke: a request that has not fully arrived, `new` for what is none yet, or `owed` while an
   * answer to an earlier request is due or under way, in whose place or midst no other one may come.
   */
  brokenAt(socket: Socket): OpenAnswer | 'new' | 'owed' {
    let broken: OpenAnswer | 'new' = 'new';
    for (const open of this.#bySocket.get(socket) ?? []) {
      if (open.request.complete || open.response.headersSent) return 'owed';
      broken = open;
    }
    return broken;
  }
}
