import { once } from 'node:events';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import type { ReplyHead } from '../../../src/contract/thread.ts';
import { fromRecord, HttpError, InferenceError, toRecord } from '../../../src/core/errors.ts';
import type { Submission } from '../../../src/runtime/submission.ts';
import { aborted, answer, dial, json, postText, type Rig, withServer } from './fake-backend.ts';

const sse = { status: 200, headers: { 'content-type': 'text/event-stream; charset=utf-8' }, shape: 'sse' } as const;
const raw = { status: 200, headers: { 'content-type': 'application/octet-stream' }, shape: 'raw' } as const;

function emit(admission: Submission, text: string): void {
  admission.observer.chunk(Buffer.from(text), 1);
}

/** A call that waits for its answer. */
async function asked({ url, backend }: Rig): Promise<{ readonly admission: Submission; readonly pending: Promise<Response> }> {
  const call = backend.next();
  const headers = { 'content-type': 'application/json', origin: 'http://web' };
  const pending = fetch(`${url}/predict`, { method: 'POST', body: '{}', headers });
  return { admission: await call, pending };
}

/** A stream whose first bytes have arrived. */
async function begun(rig: Rig, head: ReplyHead, text: string): Promise<{ readonly admission: Submission; readonly response: Response }> {
  const { admission, pending } = await asked(rig);
  admission.observer.head(head);
  emit(admission, text);
  return { admission, response: await pending };
}

/** The same call from a raw client, which decides itself what it reads. */
async function dialled({ port, backend }: Rig): Promise<{ readonly admission: Submission; readonly socket: Socket }> {
  const call = backend.next();
  const socket = await dial(port);
  socket.write(postText('/predict', '{}'));
  return { admission: await call, socket };
}

test('a client that leaves while its call waits aborts the signal with a disconnect', () =>
  withServer(async (rig) => {
    const { lines, server } = rig;
    const { admission, socket } = await dialled(rig);
    expect(admission.signal.aborted).toBe(false);
    socket.destroy();
    expect(await aborted(admission.signal)).toMatchObject({ code: 'client_closed_request' });
    await server.close();
    expect(lines.map((line) => line.fields?.status)).toEqual([499]);
  }));

test('a stream that its model ends with 499 tells its client, who is still there', () =>
  withServer(async (rig) => {
    const { admission, pending } = await asked(rig);
    const { observer } = admission;
    observer.head(sse);
    observer.chunk(Buffer.from('data: 1\n\n'), 1);
    observer.fail(fromRecord(toRecord(new HttpError(499, 'no more', { code: 'client_closed_request' }))), false);
    expect(await (await pending).text()).toContain('no more');
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
  withServer(async (rig) => {
    const { lines } = rig;
    for (let i = 0; i < 2; i++) {
      const { admission, pending } = await asked(rig);
      answer(admission, '{}');
      await (await pending).text();
      expect(admission.signal.aborted).toBe(false);
    }
    expect(lines.map((line) => line.fields?.status)).toEqual([200, 200]);
  }));

test('a stream keeps CORS and ids, is credited as it drains, and ends', () =>
  withServer(async (rig) => {
    const { backend } = rig;
    const { admission, response } = await begun(rig, sse, 'data: 1\n\n');
    expect(response.headers.get('access-control-allow-origin')).toBe('http://web');
    expect(response.headers.get('x-request-id')).toBe(admission.facts.id);
    emit(admission, 'data: [DONE]\n\n');
    admission.observer.end(undefined);
    expect(await response.text()).toBe('data: 1\n\ndata: [DONE]\n\n');
    expect(backend.credits[0]).toBe(9);
  }));

test('a client that leaves a stream aborts its signal', () =>
  withServer(async (rig) => {
    const { admission, socket } = await dialled(rig);
    admission.observer.head(sse);
    emit(admission, 'data: 1\n\n');
    await once(socket, 'data');
    socket.destroy();
    expect(await aborted(admission.signal)).toMatchObject({ code: 'client_closed_request' });
  }));

test('a client that does not read gets no credit and is cut after the stall limit', () =>
  withServer(async (rig) => {
    const { backend, clock } = rig;
    const { admission, socket } = await dialled(rig);
    socket.pause();
    admission.observer.head(raw);
    const big = Buffer.alloc(32 * 1024 * 1024); // more than the kernel's buffers take
    admission.observer.chunk(big, 0);
    expect(backend.credits).toEqual([]);
    clock.advance(30_000);
    expect(await aborted(admission.signal)).toMatchObject({ code: 'client_closed_request' });
    socket.destroy();
  }));

test('an error before the first bytes keeps its status', () =>
  withServer(async (rig) => {
    const { admission, pending } = await asked(rig);
    admission.observer.head(sse);
    admission.observer.fail(new InferenceError('context_length_exceeded', 'too long', { param: 'prompt' }), false);
    const response = await pending;
    expect([response.status, (await json(response)).error.param]).toEqual([400, 'prompt']);
  }));

test('an error inside an event stream becomes its last event', () =>
  withServer(async (rig) => {
    const { admission, response } = await begun(rig, sse, 'data: 1\n\n');
    admission.observer.fail(new InferenceError('replica_lost', 'the thread ended'), false);
    expect(await response.text()).toMatch(/^data: 1\n\ndata: \{"error":\{.*"code":"replica_lost".*\n\n$/);
  }));

test('a raw stream that fails is cut, so that it is not taken for complete', () =>
  withServer(async (rig) => {
    const { admission, response } = await begun(rig, raw, 'half');
    admission.observer.fail(new InferenceError('internal_error', 'the model failed'), false);
    await expect(response.text()).rejects.toThrow();
  }));

test('the deadline answers 504 before the head and as an event after it', () =>
  withServer(async (rig) => {
    const { url, backend, clock } = rig;
    const first = backend.next();
    const early = fetch(`${url}/predict`, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json', 'x-heddle-timeout-ms': '50' },
    });
    expect((await first).facts.deadlineMs).toBe(50);
    clock.advance(50);
    expect((await early).status).toBe(504);
    const { admission, response } = await begun(rig, sse, 'data: 1\n\n');
    clock.advance(60_000);
    expect(admission.signal.reason).toMatchObject({ code: 'timeout' });
    expect(await response.text()).toContain('"code":"timeout"');
  }));

test('a silent event stream carries heartbeats', () =>
  withServer(async (rig) => {
    const { clock } = rig;
    const { admission, response } = await begun(rig, sse, 'data: 1\n\n');
    clock.advance(15_000);
    clock.advance(15_000);
    admission.observer.end(undefined);
    expect(await response.text()).toBe('data: 1\n\n:\n\n:\n\n');
  }));

test('a whole answer that a client reads slowly but steadily arrives entire', () =>
  withServer(async (rig) => {
    const { clock } = rig;
    const { admission, socket } = await dialled(rig);
    const size = 24 * 1024 * 1024; // more than the kernel's buffers take
    let received = 0;
    let sinceTick = 0;
    socket.on('data', (data: Buffer) => {
      received += data.length;
      sinceTick += data.length;
      // So much frees the kernel's buffers: the server's socket has moved since the last tick.
      if (sinceTick < 8 * 1024 * 1024) return;
      sinceTick = 0;
      clock.advance(29_000);
    });
    admission.observer.head({ status: 200, headers: { 'content-type': 'application/octet-stream' }, shape: 'whole' });
    admission.observer.chunk(Buffer.alloc(size), 0);
    admission.observer.end(undefined);
    await new Promise<void>((resolve) => {
      const check = (): void => void ((received > size || socket.destroyed) && resolve());
      socket.on('data', check);
      socket.on('close', check);
    });
    expect(received).toBeGreaterThan(size);
    expect(admission.signal.aborted).toBe(false);
    socket.destroy();
  }));

test('a whole answer that a client does not read is cut after the stall limit', () =>
  withServer(async (rig) => {
    const { clock } = rig;
    const { admission, socket } = await dialled(rig);
    socket.pause();
    admission.observer.head({ status: 200, headers: {}, shape: 'whole' });
    admission.observer.chunk(Buffer.alloc(32 * 1024 * 1024), 0);
    admission.observer.end(undefined);
    clock.advance(30_000);
    expect(await aborted(admission.signal)).toMatchObject({ code: 'client_closed_request' });
    socket.destroy();
  }));

test('a cut stream of responses ends with an error and the failed response, numbered on', () =>
  withServer(async ({ url, backend }) => {
    const call = backend.next();
    const body = '{"model":"tiny","input":"hi","stream":true}';
    const pending = fetch(`${url}/v1/responses`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
    const admission = await call;
    admission.observer.head({ ...sse, response: { id: 'resp_1', model: 'tiny', created: 1_700_000_000 } });
    admission.observer.chunk(Buffer.from('data: 0\n\ndata: 1\n\n'), 2);
    const response = await pending;
    admission.observer.fail(new InferenceError('replica_lost', 'the thread ended'), false);
    const events = (await response.text()).split('\n\n').slice(2, -1);
    expect(events.map((event) => event.split('\n')[0])).toEqual(['event: error', 'event: response.failed']);
    expect(events.map((event) => JSON.parse(event.split('data: ')[1] ?? ''))).toMatchObject([
      { type: 'error', sequence_number: 2, code: 'replica_lost' },
      {
        type: 'response.failed',
        sequence_number: 3,
        response: {
          id: 'resp_1',
          object: 'response',
          created_at: 1_700_000_000,
          model: 'tiny',
          status: 'failed',
          output: [],
          usage: null,
          error: { code: 'replica_lost', message: 'the thread ended' },
        },
      },
    ]);
  }));

test('a finished answer that waits for the one before it on its connection is not stalled', () =>
  withServer(async ({ port, backend, clock }) => {
    const first = backend.next();
    const socket = await dial(port);
    socket.write(postText('/predict', '{}') + postText('/predict', '{}'));
    const slow = await first;
    const quick = backend.admissions[1] ?? (await backend.next());
    answer(quick, '"second"');
    clock.advance(31_000);
    expect(quick.signal.aborted).toBe(false);
    answer(slow, '"first"');
    let received = '';
    for await (const data of socket) {
      received += String(data);
      if (received.includes('"second"')) break;
    }
    expect(received).toMatch(/"first".*"second"/s);
  }));

test('an error amid a stream is logged with its cause', () =>
  withServer(async (rig) => {
    const { lines } = rig;
    const { admission, pending } = await asked(rig);
    const { observer } = admission;
    observer.head(sse);
    observer.chunk(Buffer.from('data: 1\n\n'), 1);
    observer.fail(new InferenceError('internal_error', 'the model failed to answer', { cause: 'Error: its own words' }), false);
    await (await pending).text();
    expect(lines.find(({ message }) => message === 'request failed')?.fields).toMatchObject({ stack: 'Error: its own words' });
  }));

test('probes that succeed are no line of the usual log, and every other request has its path', () =>
  withServer(async ({ url, lines }) => {
    await (await fetch(`${url}/livez`)).text();
    await (await fetch(`${url}/nowhere`)).text();
    expect(lines.map(({ level, fields }) => `${level} ${fields?.path}`)).toEqual(['debug /livez', 'info /nowhere']);
  }));
