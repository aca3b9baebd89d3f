import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { OpenRequests } from '../../../../src/bench/load/open-requests.ts';
import { until } from '../../../support/until.ts';
import { plainRequest, smallServer } from './small-server.ts';

const { signal } = new AbortController();

async function withRequests(use: (requests: OpenRequests, held: Map<string, ServerResponse>, url: string) => Promise<void>): Promise<void> {
  const held = new Map<string, ServerResponse>();
  const server = await smallServer((request, response) => {
    request.resume().on('end', () => held.set(request.url ?? '', response));
  });
  const target = { url: server.url, timeoutMs: 30_000, connections: 8 };
  const requests = new OpenRequests({ target, source: plainRequest, originMs: performance.now() });
  try {
    await use(requests, held, server.url);
  } finally {
    await requests.close();
    await server.close();
  }
}

test('a share of the requests that are held leaves at one instant, and the others stay', async () => {
  await withRequests(async (requests, held) => {
    for (const index of [0, 1, 2, 3]) requests.send(index, index < 2 ? 'mid_stream' : undefined);
    await until(() => held.size === 4);
    let closed = 0;
    for (const index of [0, 1]) held.get(`/${index}`)?.on('close', () => closed++);
    for (const response of held.values()) response.write('one\ntwo\n');
    await requests.reached([0, 1, 2, 3], ({ pieces }) => pieces >= 2, signal);
    const leftMs = requests.leaveAll([0, 1]);
    const left = await requests.ended([0, 1], signal);
    expect(left.map(({ outcome, leave, reason }) => [outcome, leave, reason])).toEqual([
      ['cancelled', 'mid_stream', 'left in mid-stream'],
      ['cancelled', 'mid_stream', 'left in mid-stream'],
    ]);
    for (const { endMs } of left) expect(endMs).toBeGreaterThanOrEqual(leftMs);
    await until(() => closed === 2);
    for (const index of [2, 3]) held.get(`/${index}`)?.end('end');
    expect((await requests.ended([3, 2], signal)).map(({ index, outcome }) => [index, outcome])).toEqual([
      [3, 'ok'],
      [2, 'ok'],
    ]);
  });
});

test('waiting for requests ends with those that are over', async () => {
  await withRequests(async (requests, held) => {
    requests.send(0);
    await until(() => held.size === 1);
    const reached = requests.reached([0], ({ pieces }) => pieces > 100, signal);
    held.get('/0')?.end('end');
    await reached;
  });
});

test('waiting for requests ends with the signal', async () => {
  await withRequests(async (requests) => {
    const controller = new AbortController();
    requests.send(0);
    const waits = Promise.allSettled([
      requests.reached([0], ({ hasHeaders }) => hasHeaders, controller.signal),
      requests.ended([0], controller.signal),
    ]);
    controller.abort(new Error('enough'));
    expect((await waits).map((wait) => wait.status === 'rejected' && wait.reason.message)).toEqual(['enough', 'enough']);
  });
});

test('an index that was not sent is refused', async () => {
  await withRequests(async (requests) => {
    expect(() => requests.leaveAll([7])).toThrow('expected the index of a request that was sent, got 7');
  });
});
