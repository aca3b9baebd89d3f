import { once } from 'node:events';
import { expect, test } from 'vitest';
import { InferenceError } from '../../../src/core/errors.ts';
import type { Submission } from '../../../src/runtime/submission.ts';
import { aborted, answer, dial, json, postText, withServer } from './fake-backend.ts';

const sse = { status: 200, headers: { 'content-type': 'text/event-stream; charset=utf-8' }, shape: 'sse' } as const;
const raw = { status: 200, headers: { 'content-type': 'application/octet-stream' }, shape: 'raw' } as const;

function emit(admission: Submission, text: string): void {
  admission.observer.chunk(Buffer.from(text), 1);
}

function stream(url: string): Promise<Response> {
  return fetch(`${url}/predict`, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json', origin: 'http://web' } });
}

test('a client that leaves while its call waits aborts the signal with a disconnect', () =>
  withServer(async ({ port, backend, lines, server }) => {
    const call = backend.next();
    const socket = await dial(port);
    socket.write(postText('/predict', '{}'));
    const admission = await call;
    expect(admission.signal.aborted).toBe(false);
    socket.destroy();
    expect(await aborted(admission.signal)).toMatchObject({ code: 'client_closed_request' });
    await server.close();
    expect(lines.map((line) => line.fields?.status)).toEqual([499]);
  }));

test('both of two pipelined calls see the disconnect', () =>
  withServer(async ({ port, backend }) => {
    const first = backend.next();
    const socket = await dial(port);
    socket.write(postText('/predict', '{}') + postText('/predict', '{}'));
    await first;
    const second = backend.admissions[1] ?? (await backend.next());
    socket.destroy();
    const reasons = await Promise.all([aborted(backend.admissions[0]?.signal ?? second.signal), aborted(second.signal)]);
    expect(reasons).toMatchObject([{ code: 'client_closed_request' }, { code: 'client_closed_request' }]);
  }));

test('a client that stays is never taken for gone', () =>
  withServer(async ({ url, backend, lines }) => {
    for (let i = 0; i < 2; i++) {
      const call = backend.next();
      const response = stream(url);
      const admission = await call;
      answer(admission, '{}');
      await (await response).text();
      expect(admission.signal.aborted).toBe(false);
    }
    expect(lines.map((line) => line.fields?.status)).toEqual([200, 200]);
  }));

test('a stream keeps CORS and ids, is credited as it drains, and ends', () =>
  withServer(async ({ url, backend }) => {
    const call = backend.next();
    const pending = stream(url);
    const admission = await call;
    admission.observer.head(sse);
    emit(admission, 'data: 1\n\n');
    const response = await pending;
    expect(response.headers.get('access-control-allow-origin')).toBe('http://web');
    expect(response.headers.get('x-request-id')).toBe(admission.facts.id);
    emit(admission, 'data: [DONE]\n\n');
    admission.observer.end(undefined);
    expect(await response.text()).toBe('data: 1\n\ndata: [DONE]\n\n');
    expect(backend.credits[0]).toBe(9);
  }));

test('a client that leaves a stream aborts its signal', () =>
  withServer(async ({ port, backend }) => {
    const call = backend.next();
    const socket = await dial(port);
    socket.write(postText('/predict', '{}'));
    const admission = await call;
    admission.observer.head(sse);
    emit(admission, 'data: 1\n\n');
    await once(socket, 'data');
    socket.destroy();
    expect(await aborted(admission.signal)).toMatchObject({ code: 'client_closed_request' });
  }));

test('a client that does not read gets no credit and is cut after the stall limit', () =>
  withServer(async ({ port, backend, clock }) => {
    const call = backend.next();
    const socket = await dial(port);
    socket.pause();
    socket.write(postText('/predict', '{}'));
    const admission = await call;
    admission.observer.head(raw);
    const big = Buffer.alloc(32 * 1024 * 1024); // more than the kernel's buffers take
    admission.observer.chunk(big, 0);
    expect(backend.credits).toEqual([]);
    clock.advance(30_000);
    expect(await aborted(admission.signal)).toMatchObject({ code: 'client_closed_request' });
    socket.destroy();
  }));

test('an error before the first bytes keeps its status', () =>
  withServer(async ({ url, backend }) => {
    const call = backend.next();
    const pending = stream(url);
    const admission = await call;
    admission.observer.head(sse);
    admission.observer.fail(new InferenceError('context_length_exceeded', 'too long', { param: 'prompt' }), false);
    const response = await pending;
    expect([response.status, (await json(response)).error.param]).toEqual([400, 'prompt']);
  }));

test('an error inside an event stream becomes its last event', () =>
  withServer(async ({ url, backend }) => {
    const call = backend.next();
    const pending = stream(url);
    const admission = await call;
    admission.observer.head(sse);
    emit(admission, 'data: 1\n\n');
    const response = await pending;
    admission.observer.fail(new InferenceError('replica_lost', 'the thread ended'), false);
    expect(await response.text()).toMatch(/^data: 1\n\ndata: \{"error":\{.*"code":"replica_lost".*\n\n$/);
  }));

test('a raw stream that fails is cut, so that it is not taken for complete', () =>
  withServer(async ({ url, backend }) => {
    const call = backend.next();
    const pending = stream(url);
    const admission = await call;
    admission.observer.head(raw);
    emit(admission, 'half');
    const response = await pending;
    admission.observer.fail(new InferenceError('internal_error', 'the model failed'), false);
    await expect(response.text()).rejects.toThrow();
  }));

test('the deadline answers 504 before the head and as an event after it', () =>
  withServer(async ({ url, backend, clock }) => {
    const first = backend.next();
    const early = fetch(`${url}/predict`, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json', 'x-heddle-timeout-ms': '50' },
    });
    expect((await first).facts.deadlineMs).toBe(50);
    clock.advance(50);
    expect((await early).status).toBe(504);
    const second = backend.next();
    const pending = stream(url);
    const admission = await second;
    admission.observer.head(sse);
    emit(admission, 'data: 1\n\n');
    const response = await pending;
    clock.advance(60_000);
    expect(admission.signal.reason).toMatchObject({ code: 'timeout' });
    expect(await response.text()).toContain('"code":"timeout"');
  }));

test('a silent event stream carries heartbeats', () =>
  withServer(async ({ url, backend, clock }) => {
    const call = backend.next();
    const pending = stream(url);
    const admission = await call;
    admission.observer.head(sse);
    emit(admission, 'data: 1\n\n');
    const response = await pending;
    clock.advance(15_000);
    clock.advance(15_000);
    admission.observer.end(undefined);
    expect(await response.text()).toBe('data: 1\n\n:\n\n:\n\n');
  }));
