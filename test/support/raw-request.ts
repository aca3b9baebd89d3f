// A request on a bare socket, so that a test decides when and how the client leaves.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** The text of a POST with a JSON body. `headers` are whole lines, each with its end. */
export function postText(path: string, body: object, headers = ''): string {
  const text = JSON.stringify(body);
  const length = Buffer.byteLength(text);
  return `POST ${path} HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n${headers}content-length: ${length}\r\n\r\n${text}`;
}

/** Connects and sends. Owns nothing: the caller destroys the socket. */
export async function sendRaw(port: number, text: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {}); // a reset is one way for the server to hang up
  await once(socket, 'connect');
  socket.write(text);
  return socket;
}
