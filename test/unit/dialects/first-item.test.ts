import { expect, test } from 'vitest';
import { dialectFor } from '../../../src/dialects/route-dialects.ts';
import { badEnds, contextFor, endingBadly, textOf } from './framing.ts';

const bodies = {
  chatCompletions: { messages: [{ role: 'user', content: 'hi' }] },
  completions: { prompt: 'a' },
  responses: { input: 'a' },
  messages: { messages: [{ role: 'user', content: 'hi' }], max_tokens: 1 },
};
type Method = keyof typeof bodies;
const methods = ['chatCompletions', 'completions', 'responses', 'messages'] as const;

/** What is sent of a stream of the items, and what is warned of. */
async function sent(method: Method, items: readonly unknown[], checkResults = false) {
  const warnings: string[] = [];
  const context = { ...contextFor(method, bodies[method]), checkResults, warn: (message: string) => void warnings.push(message) };
  const framed = await dialectFor(method).frame(items.values(), context);
  return { type: framed.head.headers['content-type'], text: await textOf(framed), warnings };
}

test.each(methods)(
  '%s sends a stream that begins with a misspelt event as it is, with a warning that names the nearest',
  async (method) => {
    const { text, warnings } = await sent(method, [{ type: 'txt', text: 'a' }]);
    expect(text).toContain('data: {"type":"txt","text":"a"}');
    expect(warnings).toEqual([expect.stringMatching(new RegExp(`^${method} yields neither .* did you mean "text"\\?$`))]);
  },
);

test.each(methods)('%s refuses it in development, and stops the model', async (method) => {
  let stopped = false;
  const model = function* () {
    try {
      yield { type: 'txt', text: 'secret' };
    } finally {
      stopped = true;
    }
  };
  await expect(dialectFor(method).frame(model(), { ...contextFor(method, bodies[method]), checkResults: true })).rejects.toMatchObject({
    code: 'invalid_result',
    status: 500,
    message: `expected ${method} to yield text, toolCall, finish and usage events or chunks of its route, got an object of another type; did you mean "text"?`,
  });
  expect(stopped).toBe(true);
});

test.each(methods)('%s tells the refusal alone, and at once, of a model whose end throws or never comes', async (method) => {
  for (const end of badEnds) {
    const model = endingBadly({ type: 'txt' }, end);
    const refused = dialectFor(method).frame(model, { ...contextFor(method, bodies[method]), checkResults: true });
    await expect(refused).rejects.toMatchObject({
      code: 'invalid_result',
      message: expect.stringContaining(`expected ${method} to yield`),
    });
    expect(model.stops).toBe(1);
  }
});

test.each([
  [{ type: 'text', content: 'secret' }, 'an object of type "text" whose other members do not fit'],
  [{ type: 'tool_call', call: 0 }, 'an object of another type; did you mean "toolCall"?'],
  [{ type: 'secret' }, 'an object of another type'],
  [{ type: 'text'.repeat(100_000) }, 'an object of another type'],
  [{ secret: 1 }, 'object'],
  [{ object: 'chat.completion.chunk' }, 'object'],
  [{ error: 'secret' }, 'object'],
  [{ error: null }, 'object'],
  [['secret'], 'array'],
  [17, 'number'],
  [null, 'null'],
])('development tells what %j is', async (item, found) => {
  await expect(sent('chatCompletions', [item], true)).rejects.toMatchObject({
    code: 'invalid_result',
    message: expect.stringMatching(new RegExp(`, got ${found.replace('?', '\\?')}$`)),
  });
});

test.each(methods)('%s sends text raw everywhere, with a warning, and bytes without one', async (method) => {
  for (const development of [false, true]) {
    expect(await sent(method, ['a', 'b'], development)).toEqual({
      type: 'text/plain; charset=utf-8',
      text: 'ab',
      warnings: [expect.stringContaining(`${method} yields text, which is sent raw as text/plain`)],
    });
    expect(await sent(method, [Uint8Array.of(97)], development)).toMatchObject({ text: 'a', warnings: [] });
  }
});

test.each([
  ['chatCompletions', { choices: [] }],
  ['chatCompletions', { error: { message: 'overloaded' } }],
  ['completions', { choices: [] }],
  ['completions', { error: { message: 'overloaded' } }],
  ['responses', { type: 'response.created' }],
  ['responses', { type: 'error' }],
  ['responses', { type: 'keepalive', sequence_number: 3 }],
  ['messages', { type: 'message_start' }],
  ['messages', { type: 'ping' }],
  ['messages', { type: 'content_block_delta' }],
] as const)('%s knows its chunk %j', async (method, chunk) => {
  expect((await sent(method, [chunk])).warnings).toEqual([]);
});
