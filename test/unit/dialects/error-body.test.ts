import { expect, test } from 'vitest';
import { errorBody, errorFrame, heartbeat, responseError } from '../../../src/dialects/error-body.ts';

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');
const missing = { code: 'missing_required_parameter', status: 400, message: 'expected max_tokens, got nothing', param: 'max_tokens' };
const internal = { code: 'internal_error', status: 500, message: 'the model failed to answer', param: null };

test('each family has its envelope', () => {
  expect(errorBody('openai', missing, 'req_1')).toEqual({
    error: { message: missing.message, type: 'invalid_request_error', param: 'max_tokens', code: 'missing_required_parameter' },
  });
  expect(errorBody('native', internal, 'req_1')).toEqual({
    error: { message: internal.message, type: 'server_error', param: null, code: null },
  });
  expect(errorBody('anthropic', missing, 'req_1')).toEqual({
    type: 'error',
    error: { type: 'invalid_request_error', message: 'max_tokens: Field required' },
    request_id: 'req_1',
  });
});

test('a prompt that is too long is told in the words that clients of Anthropic look for', () => {
  const long = { code: 'context_length_exceeded', status: 400, message: 'expected at most 9 tokens, got 12', param: 'messages' };
  expect(errorBody('anthropic', long, 'r')).toMatchObject({ error: { message: 'prompt is too long: expected at most 9 tokens, got 12' } });
  expect(errorBody('openai', long, 'r')).toMatchObject({ error: { message: long.message, param: 'messages' } });
});

test.each([
  [403, 'permission_error', 'invalid_request_error'],
  [429, 'rate_limit_error', 'rate_limit_error'],
  [503, 'overloaded_error', 'server_error'],
  [500, 'api_error', 'server_error'],
])("a model's own code with status %i is typed by its status", (status, anthropic, openai) => {
  const record = { code: 'own', status, message: 'm', param: null };
  expect(errorBody('anthropic', record, 'r')).toMatchObject({ error: { type: anthropic } });
  expect(errorBody('openai', record, 'r')).toMatchObject({ error: { type: openai, code: 'own' } });
});

test('a conversation kept by the server is refused as the client of messages expects it, which then goes on without', () => {
  const thread = { code: 'unsupported_parameter', status: 400, message: 'expected thread to be absent, got object', param: 'thread' };
  const details = { error_code: 'thread_unsupported_request', unsupported: ['thread'] };
  expect(errorBody('anthropic', thread, 'r')).toMatchObject({ error: { type: 'invalid_request_error', details } });
  expect(errorBody('anthropic', { ...thread, param: 'seed' }, 'r')).not.toHaveProperty('error.details');
});

test('in-stream errors take the form of their route', () => {
  expect(text(errorFrame('chatCompletions', internal, 'r', 4))).toMatch(/^data: \{"error":\{.*\}\}\n\n$/);
  expect(text(errorFrame('predict', internal, 'r', 4))).toMatch(/^data: \{"error":/);
  expect(text(errorFrame('messages', internal, 'r', 4))).toMatch(/^event: error\ndata: \{"type":"error".*"request_id":"r"\}\n\n$/);
  const response = text(errorFrame('responses', internal, 'r', 4));
  expect(response).toMatch(/^event: error\n/);
  expect(JSON.parse(response.split('data: ')[1] ?? '')).toMatchObject({
    type: 'error',
    sequence_number: 4,
    code: null,
    error: { type: 'server_error' },
  });
});

test('the error of a failed response has a code always, and a param where something is named', () => {
  expect(responseError(missing)).toEqual({ code: missing.code, message: missing.message, param: 'max_tokens' });
  expect(responseError(internal)).toEqual({ code: 'server_error', message: internal.message });
  const facts = { id: 'resp_1', model: 'tiny', created: 1_700_000_000 };
  const failed = JSON.parse(text(errorFrame('responses', missing, 'r', 4, facts)).split('data: ')[2] ?? '');
  expect(failed).toMatchObject({ type: 'response.failed', sequence_number: 5, response: { error: responseError(missing) } });
});

test('heartbeats are a comment, or a ping for Anthropic', () => {
  expect(text(heartbeat('openai'))).toBe(':\n\n');
  expect(text(heartbeat('anthropic'))).toBe('event: ping\ndata: {"type":"ping"}\n\n');
});
