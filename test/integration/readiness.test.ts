// Readiness says which required models the server waits for.

import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { bodyOf, serve } from '../support/serve.ts';

const folder = (name: string) => fileURLToPath(new URL(`../fixtures/models/${name}`, import.meta.url));

test('a ready model that says it is not healthy is named as unhealthy, and a healthy one is not', async () => {
  const server = await serve([folder('ailing'), folder('only-predict')]);
  try {
    const reply = await fetch(`${server.url}/readyz`);
    expect([reply.status, await bodyOf(reply)]).toEqual([
      503,
      { status: 'not ready', models: { ailing: 'ready', 'only-predict': 'ready' }, waiting_for: { ailing: 'unhealthy' } },
    ]);
    await server.runtime.unload('ailing');
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  } finally {
    await server.close();
  }
});
