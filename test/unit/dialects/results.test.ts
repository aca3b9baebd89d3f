import { expect, test } from 'vitest';
import { dialectFor } from '../../../src/dialects/route-dialects.ts';
import { contextFor, jsonOf, textOf } from './framing.ts';

const predict = (result: unknown, gather = false) => dialectFor('predict').frame(result, contextFor('predict', {}, gather));
const embed = (body: object, result: unknown) => dialectFor('embeddings').frame(result, contextFor('embeddings', body));
const vectors = (...rows: readonly (readonly number[])[]) => ({
  vectors: rows.map((row) => Float32Array.from(row)),
  usage: { promptTokens: 4 },
});

test('predict sends JSON, bytes, blobs and responses', async () => {
  expect(await jsonOf(await predict({ a: 1 }))).toEqual({ a: 1 });
  const source = new Uint8Array([1, 2]);
  const bytes = await predict(source);
  expect(bytes).toMatchObject({ head: { headers: { 'content-type': 'application/octet-stream' } }, bytes: source });
  expect(bytes.kind === 'whole' && bytes.bytes.buffer !== source.buffer).toBe(true);
  expect(await predict(new Blob(['x'], { type: 'text/csv' }))).toMatchObject({ head: { headers: { 'content-type': 'text/csv' } } });
  const response = await predict(new Response('body', { status: 418, headers: { 'x-a': 'b' } }));
  expect(response.head).toMatchObject({ status: 418, shape: 'raw', headers: { 'x-a': 'b' } });
  expect(await textOf(response)).toBe('body');
  expect((await predict(new Response(null, { status: 204 }))).kind).toBe('whole');
});

test('a response keeps every cookie, and the encoding of its body only where the model set it', async () => {
  const headers: [string, string][] = [
    ['set-cookie', 'a=1; Expires=Thu, 01 Jan 2032 00:00:00 GMT'],
    ['set-cookie', 'b=2'],
    ['content-encoding', 'gzip'],
  ];
  const made = await predict(new Response('x', { headers }));
  expect(made.head.headers).toMatchObject({
    'set-cookie': ['a=1; Expires=Thu, 01 Jan 2032 00:00:00 GMT', 'b=2'],
    'content-encoding': 'gzip',
  });
  const fetched = new Response('x', { headers });
  Object.defineProperty(fetched, 'url', { value: 'http://127.0.0.1/' }); // as fetch sets it
  expect((await predict(fetched)).head.headers).not.toHaveProperty('content-encoding');
});

test('a response that HTTP cannot carry is refused without the value of its header', async () => {
  const wrong = predict(new Response('x', { headers: { 'x-a': 'b\u0001secret' } }));
  await expect(wrong).rejects.toMatchObject({ code: 'invalid_result', status: 500, message: expect.stringContaining('x-a') });
  await expect(wrong).rejects.not.toThrow('secret');
  await expect(predict(Response.error())).rejects.toMatchObject({ code: 'invalid_result' });
  expect(await predict(new Response('x', { headers: { 'x-a': 'b\tc é' } }))).toMatchObject({ head: { headers: { 'x-a': 'b\tc é' } } });
});

test('a response whose body is no bytes names the method of its route', async () => {
  const body = new ReadableStream({
    start(controller) {
      for (const item of [new Uint8Array(1), 1]) controller.enqueue(item);
      controller.close();
    },
  });
  const framed = await dialectFor('completions').frame(new Response(body), contextFor('completions', { prompt: 'x' }));
  await expect(textOf(framed)).rejects.toThrow('expected completions to yield');
});

test('predict streams text raw and objects as events, or gathers them', async () => {
  const raw = await predict(['a', 'b'].values());
  expect(raw.head.shape).toBe('raw');
  expect(await textOf(raw)).toBe('ab');
  expect(await textOf(await predict([{ a: 1 }, { a: 2 }].values()))).toBe('data: {"a":1}\n\ndata: {"a":2}\n\n');
  expect(await textOf(await predict([{ a: 1 }, 2].values(), true))).toBe('[{"a":1},2]');
  expect(await textOf(await predict(['a', 'b'].values(), true))).toBe('"ab"');
  expect(await textOf(await predict([1, 2]))).toBe('[1,2]');
});

test.each([undefined, 1n, () => 1, Symbol('a')])('predict refuses a result that JSON cannot hold', async (result) => {
  await expect(predict(result)).rejects.toMatchObject({ code: 'invalid_result', status: 500, message: expect.stringContaining('predict') });
});

test('predict refuses a cycle', async () => {
  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;
  await expect(predict(cycle)).rejects.toMatchObject({ code: 'invalid_result' });
});

test('embeddings answer numbers, in order, with both counts', async () => {
  expect(await jsonOf(await embed({ input: ['a', 'b'] }, vectors([0.5, -1], [1e-9, 2])))).toEqual({
    object: 'list',
    data: [
      { object: 'embedding', index: 0, embedding: [0.5, -1] },
      { object: 'embedding', index: 1, embedding: [Math.fround(1e-9), 2] },
    ],
    model: 'tiny',
    usage: { prompt_tokens: 4, total_tokens: 4 },
  });
});

test('base64 embeddings are little-endian 32-bit floats, also from a view into a larger buffer', async () => {
  const view = new Float32Array(Float32Array.from([9, 1, -2.5]).buffer, 4, 2);
  const reply = await jsonOf(await embed({ input: 'a', encoding_format: 'base64' }, { vectors: [view], usage: { promptTokens: 1 } }));
  const expected = Buffer.alloc(8);
  expected.writeFloatLE(1, 0);
  expected.writeFloatLE(-2.5, 4);
  expect(reply['data']).toMatchObject([{ embedding: expected.toString('base64') }]);
});

test('embeddings refuse wrong counts, numbers that are not finite, and dimensions the model ignored', async () => {
  await expect(embed({ input: ['a', 'b'] }, vectors([1]))).rejects.toMatchObject({ code: 'invalid_result' });
  await expect(embed({ input: 'a' }, vectors([Number.NaN]))).rejects.toMatchObject({ code: 'invalid_result' });
  await expect(embed({ input: 'a', dimensions: 2 }, vectors([1]))).rejects.toMatchObject({
    code: 'unsupported_value',
    param: 'dimensions',
  });
  expect((await embed({ input: [1, 2, 3], dimensions: 1 }, vectors([1]))).kind).toBe('whole');
});

test('vectors without usage are refused, and not taken for a finished answer', async () => {
  const result = { vectors: [Float32Array.of(1)] };
  await expect(embed({ input: 'a' }, result)).rejects.toMatchObject({
    code: 'invalid_result',
    message: expect.stringContaining('usage.promptTokens'),
  });
});
