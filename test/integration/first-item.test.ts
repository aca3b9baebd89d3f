// A stream that does not begin with an event: refused in development, warned of elsewhere.

import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { bodyOf, serve } from '../support/serve.ts';

const folder = fileURLToPath(new URL('../fixtures/models/misspelt', import.meta.url));
const chat = { messages: [{ role: 'user', content: 'hi' }] };

test('a misspelt event is a 500 in development', async () => {
  const server = await serve([folder], {}, { environment: 'development' });
  try {
    const reply = await server.post('/v1/chat/completions', chat);
    expect([reply.status, (await bodyOf(reply)).error.message]).toEqual([500, expect.stringContaining('did you mean "text"?')]);
  } finally {
    await server.close();
  }
});

test('elsewhere it is sent as it is, and the log of each replica warns once of each method', async () => {
  const server = await serve([folder]);
  try {
    for (const _ of [1, 2]) {
      const reply = await server.post('/v1/chat/completions', chat);
      expect([reply.status, await reply.text()]).toEqual([200, expect.stringContaining('data: {"type":"txt","text":"a"}')]);
      expect(await (await server.post('/v1/completions', { prompt: 'a' })).text()).toBe('ab');
    }
    const warnings = server.logger.lines.filter(({ level }) => level === 'warn').map(({ message }) => message);
    expect(warnings).toEqual([expect.stringMatching(/^chatCompletions yields neither/), expect.stringMatching(/^completions yields text/)]);
    expect(server.logger.lines.find(({ level }) => level === 'warn')?.fields).toMatchObject({ model: 'misspelt' });
  } finally {
    await server.close();
  }
});
