// A server between client and heddle that changes the reply, to show what a client makes of one that is not as it should be.

import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { serverUrl } from './cell.ts';

export interface Reply {
  readonly status: number;
  /** What is written, one chunk each. */
  readonly chunks: readonly (string | Uint8Array)[];
  /** True: the socket is destroyed after the chunks. */
  readonly reset?: boolean;
}

export type Mutation = (reply: { readonly status: number; readonly text: string }) => Reply;

/** A frame of a stream: its event name where it has one, and its JSON; `[DONE]` is a string. */
export interface Frame {
  readonly event?: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: a mutation breaks what the types would promise
  readonly data: any;
}

/** Serves on a free port while `use` runs, which gets the address. */
export async function through<T>(mutation: Mutation, use: (url: string) => Promise<T>): Promise<T> {
  const server = createServer((request, response) => {
    void forwarded(request).then(async ({ status, type, text }) => {
      const reply = mutation({ status, text });
      response.writeHead(reply.status, { 'content-type': type });
      // Each is flushed before the next, so that the client sees the chunks as they are here.
      for (const chunk of reply.chunks) await new Promise((resolve) => response.write(chunk, resolve));
      if (reply.reset === true) response.destroy();
      else response.end();
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    return await use(`http://127.0.0.1:${port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function forwarded(request: IncomingMessage) {
  const body = await buffer(request);
  const headers = { 'content-type': 'application/json' };
  const reply = await fetch(`${serverUrl}${request.url}`, { method: request.method ?? 'POST', headers, body });
  return { status: reply.status, type: reply.headers.get('content-type') ?? '', text: await reply.text() };
}

export const unchanged: Mutation = ({ status, text }) => ({ status, chunks: [text] });

/** Changes a reply of JSON in place. */
// biome-ignore lint/suspicious/noExplicitAny: as above
export function json(change: (body: any) => void): Mutation {
  return ({ status, text }) => {
    const body = JSON.parse(text);
    change(body);
    return { status, chunks: [JSON.stringify(body)] };
  };
}

/** Changes the frames of a stream. */
export function frames(change: (frames: Frame[]) => Frame[]): Mutation {
  return ({ status, text }) => ({ status, chunks: [change(parsed(text)).map(written).join('')] });
}

/** Changes the data of each frame in place; `[DONE]` is left alone. */
// biome-ignore lint/suspicious/noExplicitAny: as above
export function eachData(change: (data: any) => void): Mutation {
  return frames((list) => {
    for (const { data } of list) if (typeof data === 'object') change(data);
    return list;
  });
}

/** Leaves out the frames whose data satisfy the test. */
export function without(unwanted: (frame: Frame) => boolean): Mutation {
  return frames((list) => list.filter((frame) => !unwanted(frame)));
}

/** Changes the text of the stream itself. */
export function bytes(change: (text: string) => readonly (string | Uint8Array)[], reset = false): Mutation {
  return ({ status, text }) => ({ status, chunks: change(text), reset });
}

export function parsed(text: string): Frame[] {
  return text
    .split('\n\n')
    .filter((block) => block !== '')
    .map((block) => {
      const event = /^event: (.*)$/m.exec(block)?.[1];
      const data = /^data: (.*)$/m.exec(block)?.[1] ?? '';
      return { event, data: data === '[DONE]' ? data : JSON.parse(data) };
    });
}

export function written({ event, data }: Frame): string {
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  return `${event === undefined ? '' : `event: ${event}\n`}data: ${text}\n\n`;
}
