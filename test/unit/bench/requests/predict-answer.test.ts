// The native route's answers: whatever a model returns, as long as it is what it says it is.

import { expect, test } from 'vitest';
import { events, readBy, requestOf, type WireAnswer } from './scenario-of.ts';

async function read(answer: WireAnswer, text?: string): Promise<ReturnType<typeof readBy>> {
  return readBy((await requestOf({ route: 'predict', ...(text === undefined ? {} : { expect: { text } }) })).answer(), answer);
}

test('any JSON is right, and what is none is wrong', async () => {
  expect(await read({ body: '{"error":0.5}' })).toEqual({ outcome: 'ok', pieces: [0] });
  expect(await read({ body: '{"score":' })).toMatchObject({ outcome: 'wrong_answer', reason: 'malformed JSON' });
  expect(await read({ type: 'application/octet-stream', body: '' })).toEqual({ outcome: 'ok', pieces: [] });
});

test('each event of a stream is a piece, but an error', async () => {
  const type = 'text/event-stream';
  expect(await read({ type, body: events({ token: 'a' }, { error: 0.1 }, 'b', '[DONE]') })).toEqual({ outcome: 'ok', pieces: [3] });
  expect(await read({ type, body: events({ a: 1 }, { error: { code: 'internal_error' } }, { a: 2 }) })).toEqual({
    outcome: 'wrong_answer',
    reason: 'error event internal_error',
    pieces: [1],
  });
});

test('the expected text is the answer, or the string that the answer is', async () => {
  expect(await read({ body: '"hé"' }, 'hé')).toMatchObject({ outcome: 'ok' });
  expect(await read({ body: '{"a":1}' }, '{"a":1}')).toMatchObject({ outcome: 'ok' });
  expect(await read({ type: 'text/plain', body: 'plain', cut: 2 }, 'plain')).toMatchObject({ outcome: 'ok' });
  expect(await read({ type: 'text/event-stream', body: events('a', 'b') }, 'ab')).toMatchObject({ outcome: 'ok' });
  expect(await read({ body: '{"a":2}' }, '{"a":1}')).toMatchObject({ outcome: 'wrong_answer', reason: 'another text than expected' });
});
