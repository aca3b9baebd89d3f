import { expect, test } from 'vitest';
import type { MethodName } from '../../../src/contract/methods.ts';
import { droppedToolsHeader, withServedTools } from '../../../src/runtime/drop-tools.ts';
import type { Submission } from '../../../src/runtime/submission.ts';

const look = { type: 'function', function: { name: 'look' } };
const search = { type: 'web_search' };
const messages = [{ role: 'user', content: 'hi' }];

function submission(body: object, told: (names: readonly string[]) => void = () => expect.fail('expected nothing to be told')): Submission {
  const facts = { id: 'req_1', httpMethod: 'POST', path: '/v1/chat/completions', headers: {}, deadlineMs: 1, priority: 0, gather: false };
  return {
    method: 'chatCompletions',
    model: undefined,
    body,
    bytes: Buffer.from(JSON.stringify(body)),
    bodyKind: 'json',
    facts: { ...facts, apiKeyName: null },
    signal: new AbortController().signal,
    observer: { head() {}, chunk() {}, end() {}, fail() {}, droppedTools: told },
  };
}

test('body and bytes go on without the tools, and the observer hears of them', () => {
  const heard: string[] = [];
  const served = withServedTools(submission({ messages, tools: [search, look] }, (names) => heard.push(...names)));
  const rest = { messages, tools: [look] };
  expect(served.body).toEqual(rest);
  expect(JSON.parse(new TextDecoder().decode(served.bytes))).toEqual(rest);
  expect(heard).toEqual(['web_search']);
});

test('a call without such tools is untouched', () => {
  const given = submission({ messages, tools: [look] });
  expect(withServedTools(given)).toBe(given);
});

test('a choice that no tool is left for is refused, and nothing is told', () => {
  const given = submission({ messages, tools: [search], tool_choice: 'required' });
  expect(() => withServedTools(given)).toThrow(expect.objectContaining({ code: 'invalid_value', param: 'tool_choice' }));
});

test.each<readonly [MethodName, object]>([
  ['responses', { input: 'hi', tools: [{ type: 'custom', name: 'patch' }], tool_choice: 'required' }],
  ['responses', { input: 'hi', tools: [search], tool_choice: { type: 'web_search' } }],
  ['inputTokens', { input: 'hi', tools: [search], tool_choice: 'required' }],
  ['messages', { max_tokens: 1, messages, tools: [{ ...search, name: 'search' }], tool_choice: { type: 'any' } }],
  ['countTokens', { messages, tools: [{ ...search, name: 'search' }], tool_choice: { type: 'tool', name: 'search' } }],
])('on %s such a choice is refused too: %j', (method, body) => {
  const given = { ...submission(body), method };
  expect(() => withServedTools(given)).toThrow(expect.objectContaining({ status: 400, param: expect.stringMatching(/^tool_choice/) }));
});

test('the header holds any name, and not too many', () => {
  const names = Array.from({ length: 40 }, (_, index) => `n${index}`);
  const [value = ''] = Object.values(droppedToolsHeader(['a b', 'x\r\ny: z', 'ü', 'w'.repeat(99), ...names]));
  const shown = String(value).split(', ');
  expect(shown.slice(0, 4)).toEqual(['a?b', 'x??y:?z', '?', 'w'.repeat(64)]);
  expect(shown).toHaveLength(33);
  expect(shown.at(-1)).toBe('+12');
});
