import { once } from 'node:events';
import { expect, test } from 'vitest';
import { dial, postText, withServer } from './fake-backend.ts';

test('broken HTTP and long headers are refused in our envelope', () =>
  withServer(async ({ port }) => {
    for (const [text, status] of [
      ['nonsense\r\n\r\n', 400],
      [`GET / HTTP/1.1\r\nHost: x\r\nA: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ] as const) {
      const socket = await dial(port);
      socket.write(text);
      const [data] = await once(socket, 'data');
      expect(String(data)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [^]*"error"`));
      socket.destroy();
    }
  }));

test('broken input on a connection that was answered before is refused with ids', () =>
  withServer(async ({ port }) => {
    const socket = await dial(port);
    socket.write('GET /livez HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(socket, 'data');
    socket.write('nonsense\r\n\r\n');
    const [data] = await once(socket, 'data');
    expect(String(data)).toMatch(/^HTTP\/1\.1 400 /);
    const id = /^x-request-id: (req_\w+)\r$/m.exec(String(data))?.[1];
    expect(String(data)).toContain(`\r\nrequest-id: ${id}\r\n`);
    socket.destroy();
  }));

test('a body that breaks is refused under the id of its request, which the log has too', () =>
  withServer(async ({ port, lines, server }) => {
    const socket = await dial(port);
    const head = 'Host: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nx-request-id: mine';
    socket.write(`GET /livez HTTP/1.1\r\nHost: x\r\n\r\n`);
    await once(socket, 'data');
    socket.write(`POST /predict HTTP/1.1\r\n${head}\r\n\r\n2\r\n{}\r\n`);
    socket.write('no length\r\n');
    const [data] = await once(socket, 'data');
    expect(String(data)).toMatch(/^HTTP\/1\.1 400 /);
    expect(String(data)).toContain('\r\nx-request-id: mine\r\n');
    socket.destroy();
    await server.close();
    expect(lines.at(-1)?.fields).toMatchObject({ id: 'mine', status: 400, code: 'invalid_value' });
  }));

test('broken input behind a request that waits for its answer is not answered in its place', () =>
  withServer(async ({ port, backend }) => {
    const call = backend.next();
    const socket = await dial(port);
    let received = '';
    socket.on('data', (data) => {
      received += String(data);
    });
    socket.write(postText('/predict', '{}'));
    await call;
    socket.write('nonsense\r\n\r\n');
    await once(socket, 'close');
    expect(received).toBe('');
  }));

const late =
  'POST /predict HTTP/1.1\r\nHost: x\r\nOrigin: https://web.example\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{';
// The least that Node takes; it looks at its connections once a second.
const soon = { requestTimeoutMs: 1, headersTimeoutMs: 1 };

test('a body that is late is refused with what a browser of another origin needs to read it', () =>
  withServer(async ({ port }) => {
    const socket = await dial(port);
    socket.write(late);
    const [data] = await once(socket, 'data');
    expect(String(data)).toMatch(/^HTTP\/1\.1 408 /);
    expect(String(data)).toContain('\r\naccess-control-allow-origin: https://web.example\r\nvary: Origin\r\n');
    expect(String(data)).toMatch(/\r\naccess-control-expose-headers: x-request-id, /);
    socket.destroy();
  }, soon));

test('an origin with letters beyond ASCII comes back as it came', () =>
  withServer(async ({ port }) => {
    const socket = await dial(port);
    socket.write(late.replace('web', 'w\u00e9b'), 'latin1');
    const [data] = await once(socket, 'data');
    expect(Buffer.from(data).toString('latin1')).toContain('\r\naccess-control-allow-origin: https://w\u00e9b.example\r\n');
    socket.destroy();
  }, soon));

test('it is refused in the form of its route', () =>
  withServer(async ({ port }) => {
    const socket = await dial(port);
    socket.write(late.replace('/predict', '/v1//messages'));
    const [data] = await once(socket, 'data');
    expect(String(data)).toContain(
      '{"type":"error","error":{"type":"invalid_request_error","message":"the request did not arrive in time"}',
    );
    socket.destroy();
  }, soon));

test('without cors it is refused without them', () =>
  withServer(
    async ({ port }) => {
      const socket = await dial(port);
      socket.write(late);
      const [data] = await once(socket, 'data');
      expect(String(data)).toMatch(/^HTTP\/1\.1 408 /);
      expect(String(data)).not.toContain('access-control');
      socket.destroy();
    },
    { ...soon, cors: false },
  ));
