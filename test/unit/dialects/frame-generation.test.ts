// Replies that a model writes itself, in the route's own form: held to the route's schemas in development, sent as they are elsewhere.

import { expect, test } from 'vitest';
import { dialectFor } from '../../../src/dialects/route-dialects.ts';
import { badEnds, contextFor, endingBadly, textOf } from './framing.ts';

const bodies = {
  chatCompletions: { messages: [{ role: 'user', content: 'hi' }] },
  completions: { prompt: 'a' },
};
type Route = keyof typeof bodies;

const head = { id: 'a', created: 1, model: 'tiny' };
const choices = {
  chatCompletions: { index: 0, message: { role: 'assistant', content: 'a' }, finish_reason: 'stop' },
  completions: { index: 0, text: 'a', finish_reason: 'stop' },
};
const reply = (route: Route, more: object = {}) => ({
  ...head,
  object: route === 'completions' ? 'text_completion' : 'chat.completion',
  choices: [{ ...choices[route], ...more }],
});
const chunk = (route: Route, more: object = {}) => ({
  ...head,
  object: route === 'completions' ? 'text_completion' : 'chat.completion.chunk',
  choices: [{ index: 0, text: 'a', delta: { content: 'a' }, finish_reason: null, ...more }],
});

const frame = (route: Route, result: unknown, checkResults = true) =>
  dialectFor(route).frame(result, { ...contextFor(route, bodies[route]), checkResults });

const routes = ['chatCompletions', 'completions'] as const;

test.each(routes)('%s sends a reply and chunks that fit', async (route) => {
  expect(JSON.parse(await textOf(await frame(route, reply(route))))).toEqual(reply(route));
  expect(await textOf(await frame(route, [chunk(route)].values()))).toContain('[DONE]');
});

test.each(routes)('%s names the wrong member of a reply, in development alone', async (route) => {
  const wrong = reply(route, { index: 'secret' });
  await expect(frame(route, wrong)).rejects.toMatchObject({
    code: 'invalid_result',
    param: null,
    message: `the result of ${route} does not fit its route: expected choices[0].index to be integer, got string`,
  });
  expect(await textOf(await frame(route, wrong, false))).toContain('secret');
});

test.each(routes)('%s refuses a wrong first chunk before the head, and stops the model', async (route) => {
  let stopped = false;
  const model = function* () {
    try {
      yield chunk(route, { index: -1 });
    } finally {
      stopped = true;
    }
  };
  await expect(frame(route, model())).rejects.toMatchObject({
    code: 'invalid_result',
    message: expect.stringContaining('choices[0].index'),
  });
  expect(stopped).toBe(true);
});

test.each(routes)('%s tells of a wrong first chunk alone, and at once, where the end of the model throws or never comes', async (route) => {
  for (const end of badEnds) {
    const model = endingBadly(chunk(route, { index: -1 }), end);
    await expect(frame(route, model)).rejects.toMatchObject({ message: expect.stringContaining('choices[0].index') });
    expect(model.stops).toBe(1);
  }
});

test.each(routes)('%s passes an error in place of a chunk, first or later', async (route) => {
  const failed = { error: { message: 'overloaded' } };
  const sent = `data: ${JSON.stringify(failed)}`;
  expect(await textOf(await frame(route, [failed].values()))).toContain(sent);
  expect(await textOf(await frame(route, [chunk(route), failed].values()))).toContain(sent);
});

test.each(routes)('%s refuses a wrong later chunk inside the stream', async (route) => {
  const framed = await frame(route, [chunk(route), { ...chunk(route), created: '1' }].values());
  await expect(textOf(framed)).rejects.toMatchObject({ code: 'invalid_result', message: expect.stringContaining('created') });
});
