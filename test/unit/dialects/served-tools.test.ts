import { expect, test } from 'vitest';
import { servedTools } from '../../../src/dialects/served-tools.ts';

const look = { type: 'function', name: 'look', function: { name: 'look' } };
const search = { type: 'web_search' };
const patch = { type: 'custom', name: 'patch' };
const own = { name: 'look', input_schema: {} };

test.each([
  ['chatCompletions', [search, look, patch], [look], ['web_search', 'patch']],
  ['responses', [search, look, patch], [look], ['web_search', 'patch']],
  ['inputTokens', [search], [], ['web_search']],
  ['messages', [{ type: 'web_search_20250305', name: 'web_search' }, own, patch], [own, patch], ['web_search']],
  ['countTokens', [{ type: 'bash_20250124', name: '' }], [], ['bash_20250124']],
] as const)('%s keeps of %j only %j', (method, tools, kept, dropped) => {
  expect(servedTools(method, { tools, tool_choice: 'auto' })).toEqual({ body: { tools: kept, tool_choice: 'auto' }, dropped });
});

test('a body without such tools comes back as it is', () => {
  for (const body of [{}, { tools: [look] }, { tools: [{}, 4] }, { tools: 'a' }, undefined])
    expect(servedTools('responses', body)).toEqual({ body, dropped: [] });
  const body = { tools: [search] };
  for (const method of ['predict', 'completions', 'embeddings'] as const) expect(servedTools(method, body).body).toBe(body);
});
