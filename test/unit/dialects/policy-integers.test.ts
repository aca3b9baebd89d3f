// Integers of a request: those that a number of JavaScript cannot hold exactly, and those that stand for something else, have rules of their own.

import { expect, test } from 'vitest';
import type { MethodName } from '../../../src/contract/methods.ts';
import { checkPolicy } from '../../../src/dialects/policy.ts';
import { dialectFor } from '../../../src/dialects/route-dialects.ts';
import { refusal } from './framing.ts';

const messages = [{ role: 'user', content: 'hi' }];
const bodies = {
  chatCompletions: { messages },
  completions: { prompt: 'a' },
  responses: { input: 'a' },
  messages: { max_tokens: 9, messages },
};
const textRoutes = ['chatCompletions', 'completions', 'responses', 'messages'] as const;

function refused(method: MethodName & keyof typeof bodies, more: object) {
  return refusal(() => checkPolicy(method, dialectFor(method).check({ ...bodies[method], ...more }), {}));
}

test('seeds and limits stay where each integer is exact', () => {
  const past = Number.MAX_SAFE_INTEGER + 1;
  for (const route of ['chatCompletions', 'completions', 'responses'] as const) {
    for (const seed of [past, -past, 1.5]) expect(refused(route, { seed })).toMatchObject({ status: 400, param: 'seed' });
    for (const seed of [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]) expect(refused(route, { seed })).toBeUndefined();
  }
  const limits = {
    chatCompletions: 'max_completion_tokens',
    completions: 'max_tokens',
    responses: 'max_output_tokens',
    messages: 'max_tokens',
  };
  for (const route of textRoutes) {
    const param = limits[route];
    expect(refused(route, { [param]: past })).toMatchObject({ code: 'invalid_value', param });
    expect(refused(route, { [param]: Number.MAX_SAFE_INTEGER })).toBeUndefined();
  }
});

test.each(textRoutes)('%s takes top_k -1 as off, and nothing below', (route) => {
  expect(refused(route, { top_k: -1 })).toBeUndefined();
  expect(refused(route, { top_k: -2 })).toMatchObject({ code: 'invalid_value', param: 'top_k' });
});
