import { expect, test } from 'vitest';
import { connectionReason, rejectionReason } from '../../../../src/bench/load/failure-reason.ts';

test('a rejection tells the status and the code of the error', () => {
  const body = JSON.stringify({ error: { message: 'slow down', type: 'rate_limit_error', code: 'rate_limit_exceeded' } });
  expect(rejectionReason(429, body)).toBe('status 429 rate_limit_exceeded');
});

test('a rejection without a code tells the type of the error', () => {
  const body = JSON.stringify({ type: 'error', error: { type: 'overloaded_error', message: 'busy' } });
  expect(rejectionReason(529, body)).toBe('status 529 overloaded_error');
  expect(rejectionReason(503, JSON.stringify({ code: 'queue_full' }))).toBe('status 503 queue_full');
});

test.each([
  ['no JSON', '<html>'],
  ['an empty body', ''],
  ['null', 'null'],
  ['text where a code is expected', JSON.stringify({ error: { code: 'you said: hello' } })],
  ['a number', JSON.stringify({ error: { code: 429 } })],
  ['a text as error', JSON.stringify({ error: 'secret words of a prompt' })],
  ['a long code', JSON.stringify({ error: { code: 'x'.repeat(65) } })],
])('a rejection with %s tells the status alone', (_, body) => {
  expect(rejectionReason(500, body)).toBe('status 500');
});

test('a failed connection tells its code and phase, and the name of an error without a code', () => {
  expect(connectionReason(Object.assign(new Error('connect 127.0.0.1'), { code: 'ECONNREFUSED' }), 'while connecting')).toBe(
    'ECONNREFUSED while connecting',
  );
  expect(connectionReason(new TypeError('some text'), 'in the answer')).toBe('TypeError in the answer');
});
