import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { FakeClock } from '../../../support/fake-clock.ts';
import { until } from '../../../support/until.ts';
import { plainClock, senderTo, type SmallServer, smallServer } from './small-server.ts';

async function withServer(
  listener: (response: ServerResponse, path: string, server: SmallServer) => void,
  use: (server: SmallServer) => Promise<void>,
): Promise<void> {
  const server: SmallServer = await smallServer((request, response) => {
    request.resume().on('end', () => listener(response, request.url ?? '', server));
  });
  try {
    await use(server);
  } finally {
    await server.close();
  }
}

test('an answer has its times in order, its bytes and one time for each piece', async () => {
  let write: (text: string) => void = () => undefined;
  await withServer(
    (response) => {
      response.write('one\n');
      write = (text) => response.end(text);
    },
    async ({ url }) => {
      const { sender, send } = senderTo(url, { moved: (exchange) => exchange.pieces === 1 && write('two\nthree\nend') });
      const record = await send(0).record;
      await sender.close();
      expect(record).toMatchObject({
        index: 0,
        outcome: 'ok',
        status: 200,
        bytesReceived: 17,
        bytesSent: 'request 0'.length,
        tokensOut: 3,
      });
      expect(record).not.toHaveProperty('reason');
      const { intendedMs, sentMs, firstByteMs, firstTokenMs, tokenMs, endMs } = record;
      expect(tokenMs).toHaveLength(3);
      expect(firstTokenMs).toBe(tokenMs[0]);
      // Both came in one read.
      expect(tokenMs[2]).toBe(tokenMs[1]);
      const times = [intendedMs, sentMs, firstByteMs ?? Number.NaN, ...tokenMs, endMs];
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    },
  );
});

test('the path of the base URL and the key go with every request', async () => {
  const seen: unknown[] = [];
  const server = await smallServer((request, response) => {
    const { authorization, 'x-api-key': apiKey, 'content-type': type, 'accept-encoding': encoding } = request.headers;
    seen.push({ url: request.url, authorization, apiKey, type, encoding });
    response.end('end');
  });
  const openai = senderTo(`${server.url}/base/`, { target: { apiKey: 'key' } });
  const anthropic = senderTo(server.url, { target: { apiKey: 'key' }, request: { route: 'messages' } });
  await openai.send(0).record;
  await anthropic.send(1).record;
  await openai.sender.close();
  await anthropic.sender.close();
  await server.close();
  expect(seen).toEqual([
    { url: '/base/0', authorization: 'Bearer key', apiKey: undefined, type: 'text/plain', encoding: undefined },
    { url: '/1', authorization: 'Bearer key', apiKey: 'key', type: 'text/plain', encoding: undefined },
  ]);
});

test('a refused request is rejected with status and code', async () => {
  await withServer(
    (response) => response.writeHead(429).end(JSON.stringify({ error: { code: 'queue_full', message: 'all of my text' } })),
    async ({ url }) => {
      const { sender, send } = senderTo(url);
      const record = await send(0).record;
      await sender.close();
      expect(record).toMatchObject({ outcome: 'rejected', status: 429, reason: 'status 429 queue_full', tokenMs: [] });
    },
  );
});

test('a redirect is a wrong answer and is not followed', async () => {
  await withServer(
    (response) => response.writeHead(302, { location: '/' }).end(),
    async ({ url }) => {
      const { sender, send } = senderTo(url);
      expect(await send(0).record).toMatchObject({ outcome: 'wrong_answer', status: 302, reason: 'status 302' });
      await sender.close();
    },
  );
});

test('an interim answer is not the answer', async () => {
  await withServer(
    (response) => {
      response.writeEarlyHints({ link: '</a>; rel=preload' });
      response.end('one\nend');
    },
    async ({ url }) => {
      const { sender, send } = senderTo(url);
      expect(await send(0).record).toMatchObject({ outcome: 'ok', status: 200 });
      await sender.close();
    },
  );
});

test('a server that nobody listens at is a connection error, and nothing was sent', async () => {
  const server = await smallServer(() => undefined);
  await server.close();
  const { sender, send } = senderTo(server.url);
  expect(await send(0).record).toMatchObject({ outcome: 'connection_error', reason: 'ECONNREFUSED while connecting', bytesSent: 0 });
  // The connection that failed can be tried again.
  expect(await send(1).record).toMatchObject({ outcome: 'connection_error', reason: 'ECONNREFUSED while connecting' });
  await sender.close();
});

test('a connection that closes before the answer is a connection error', async () => {
  await withServer(
    (response) => response.destroy(),
    async ({ url }) => {
      const { sender, send } = senderTo(url);
      expect(await send(0).record).toMatchObject({ outcome: 'connection_error', reason: 'UND_ERR_SOCKET before the answer' });
      await sender.close();
    },
  );
});

test.each([
  ['shorter than it said', { 'content-length': '100' }],
  ['without its last chunk', {}],
])('an answer %s is truncated', async (_, headers) => {
  await withServer(
    (response) => {
      response.writeHead(200, headers);
      response.write('one\n', () => response.destroy());
    },
    async ({ url }) => {
      const { sender, send } = senderTo(url);
      const record = await send(0).record;
      await sender.close();
      expect(record).toMatchObject({ outcome: 'truncated', status: 200, reason: 'UND_ERR_SOCKET in the answer', bytesReceived: 4 });
      expect(record.tokenMs).toHaveLength(1);
    },
  );
});

test('an answer that its reader calls cut is truncated', async () => {
  await withServer(
    (response) => response.end('one\n'),
    async ({ url }) => {
      const { sender, send } = senderTo(url);
      expect(await send(0).record).toMatchObject({ outcome: 'truncated', reason: 'no end' });
      await sender.close();
    },
  );
});

test('a request without an end in time is a timeout, and its connection is closed', async () => {
  const clock = new FakeClock();
  let arrived = false;
  await withServer(
    () => {
      arrived = true;
    },
    async ({ url, sockets }) => {
      const { sender, send } = senderTo(url, { clock, target: { timeoutMs: 100 } });
      const { record } = send(0);
      await until(() => arrived);
      const closed = once(sockets[0] ?? process, 'close');
      clock.advance(100);
      expect(await record).toMatchObject({
        outcome: 'timeout',
        endMs: 100,
        reason: 'no end in time, before any byte of the answer',
      });
      await closed;
      await sender.close();
    },
  );
});

test('a request waits for a connection, which shows as send lag', async () => {
  const clock = new FakeClock();
  const waiting: ServerResponse[] = [];
  await withServer(
    (response) => void waiting.push(response),
    async ({ url, sockets }) => {
      const { sender, send } = senderTo(url, { clock, target: { connections: 1 } });
      const first = send(0).record;
      const second = send(1).record;
      await until(() => waiting.length === 1);
      clock.advance(40);
      waiting[0]?.end('end');
      expect(await first).toMatchObject({ intendedMs: 0, sentMs: 0, endMs: 40 });
      await until(() => waiting.length === 2);
      waiting[1]?.end('end');
      expect(await second).toMatchObject({ intendedMs: 0, sentMs: 40, endMs: 40, outcome: 'ok' });
      expect(sockets).toHaveLength(1);
      await sender.close();
    },
  );
});

test('a request whose time is over before it has a connection is never sent', async () => {
  const clock = new FakeClock();
  const paths: string[] = [];
  await withServer(
    (_, path) => void paths.push(path),
    async ({ url }) => {
      const { sender, send } = senderTo(url, { clock, target: { connections: 1, timeoutMs: 100 } });
      const first = send(0).record;
      const second = send(1).record;
      await until(() => paths.length === 1);
      clock.advance(100);
      expect(await first).toMatchObject({ outcome: 'timeout' });
      expect(await second).toMatchObject({
        outcome: 'timeout',
        sentMs: 100,
        bytesSent: 0,
        reason: 'no end in time, before it was sent',
      });
      void send(2);
      // The place is free: what comes next is sent, what is over is not.
      await until(() => paths.length === 2);
      expect(paths).toEqual(['/0', '/2']);
      await sender.close();
    },
  );
});

test('a request that cannot be written fails alone', async () => {
  const { sender, send } = senderTo('http://127.0.0.1:1', { request: { path: '/with space' }, target: { connections: 1 } });
  const records = await Promise.all([send(0).record, send(1).record]);
  await sender.close();
  expect(records.map(({ reason }) => reason)).toEqual(['UND_ERR_INVALID_ARG while connecting', 'UND_ERR_INVALID_ARG while connecting']);
});

test('stopping ends every request at once', async () => {
  let arrived = false;
  await withServer(
    () => {
      arrived = true;
    },
    async ({ url }) => {
      const { sender, send } = senderTo(url, { target: { connections: 1 }, clock: plainClock });
      const records = [send(0).record, send(1).record];
      await until(() => arrived);
      sender.stop();
      expect(sender.running).toBe(0);
      expect((await Promise.all(records)).map(({ outcome, reason }) => [outcome, reason])).toEqual([
        ['cancelled', 'left before any byte of the answer: the run was stopped'],
        ['cancelled', 'left before it was sent: the run was stopped'],
      ]);
      await sender.close();
    },
  );
});
