import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { readBody } from '../../../src/http/body.ts';

test('a body that comes byte by byte is read whole, in a buffer of its own length', async () => {
  const text = JSON.stringify({ text: 'a'.repeat(20_000) });
  const body = await readBody(Readable.from(Array.from(text, (character) => Buffer.from(character))), 'json', 100_000);
  expect(body.value).toEqual(JSON.parse(text));
  expect(body.bytes.buffer.byteLength).toBe(text.length);
});

test('a body is refused with the byte that is too much, whatever its pieces', async () => {
  for (const piece of [1, 10, 4_096, 10_001]) {
    const pieces = Array.from({ length: Math.ceil(10_001 / piece) }, () => Buffer.alloc(piece, ' '));
    await expect(readBody(Readable.from(pieces), 'json', 10_000)).rejects.toMatchObject({ code: 'request_too_large' });
  }
});
