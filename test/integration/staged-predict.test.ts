// preprocess of one call runs beside predict of another; predict itself keeps to predict_concurrency.

import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bodyOf, serve, type TestServer } from '../support/serve.ts';

let server: TestServer;

beforeAll(async () => {
  server = await serve([fileURLToPath(new URL('../fixtures/models/staged', import.meta.url))]);
});

afterAll(async () => {
  expect(await server.close()).toBe(true);
});

test('two calls are in preprocess at once, and in predict one after the other', async () => {
  const replies = await Promise.all([server.post('/predict', {}), server.post('/predict', {})]);
  for (const reply of replies) expect(await bodyOf(reply)).toEqual({ mostAtOnce: 1 });
});
