import { expect, test } from 'vitest';
import {
  checkCompletion,
  completionChoices,
  type CompletionsRequest,
  completionsSchema,
  completionToGeneration,
} from '../../../../src/dialects/openai/completions-request.ts';
import { refusal } from '../framing.ts';

const refused = (more: object) => refusal(() => checkCompletion({ prompt: 'a', ...more }));

test.each<readonly [CompletionsRequest, object, number]>([
  [{ prompt: 'a' }, { input: { kind: 'text', text: 'a' } }, 1],
  [{ prompt: ['a'], n: 2 }, { input: { kind: 'text', text: 'a' }, choices: 2 }, 2],
  [
    { prompt: ['a', 'b'], n: 2, best_of: 3 },
    {
      input: {
        kind: 'several',
        prompts: [
          { kind: 'text', text: 'a' },
          { kind: 'text', text: 'b' },
        ],
      },
      choices: 2,
      bestOf: 3,
    },
    4,
  ],
  [{ prompt: [1, 2] }, { input: { kind: 'tokens', ids: [1, 2] } }, 1],
  [
    { prompt: [[1], [2, 3]] },
    {
      input: {
        kind: 'several',
        prompts: [
          { kind: 'tokens', ids: [1] },
          { kind: 'tokens', ids: [2, 3] },
        ],
      },
    },
    2,
  ],
  [{ prompt: 'a', echo: true, max_tokens: 0, logprobs: 0 }, { echo: true, maxTokens: 0, logprobs: 0 }, 1],
  [{ prompt: 'a', guided_regex: 'a' }, { format: { kind: 'regex', pattern: 'a' }, formatParam: 'guided_regex' }, 1],
])('%j is mapped', (body, expected, count) => {
  expect(completionToGeneration(body)).toMatchObject(expected);
  expect(completionChoices(body)).toBe(count);
});

test.each([
  [{ prompt: [] }, 'invalid_value', 'prompt'],
  [{ prompt: [[]] }, 'invalid_value', 'prompt[0]'],
  [{ prompt: [-1] }, 'invalid_value', 'prompt[0]'],
  [{ max_tokens: 0 }, 'invalid_value', 'max_tokens'],
  [{ max_tokens: 0, echo: false }, 'invalid_value', 'max_tokens'],
  [{ max_tokens: -1, echo: true }, 'invalid_value', 'max_tokens'],
  [{ n: 3, best_of: 2 }, 'invalid_value', 'best_of'],
  [{ best_of: 2, stream: true }, 'invalid_value', 'best_of'],
  [{ logprobs: 6 }, 'invalid_value', 'logprobs'],
  [{ logprobs: true }, 'invalid_type', 'logprobs'],
  [{ logprobs: '5' }, 'invalid_type', 'logprobs'],
  [{ user: 5 }, 'invalid_type', 'user'],
  [{ echo: 'yes' }, 'invalid_type', 'echo'],
  [{ logit_bias: { x: 1 } }, 'invalid_value', 'logit_bias.x'],
])('%j is refused', (more, code, param) => {
  expect(refused(more)).toMatchObject({ status: 400, code, param });
});

test('prompts times choices are bounded, and the field that multiplies them is named', () => {
  const prompt = Array.from({ length: 1024 }, () => 'a');
  for (const more of [{ n: 2 }, { n: 1, best_of: 2 }]) expect(refused({ prompt, ...more })).toBeUndefined();
  const message = 'expected n to be at most 2 with 1024 prompts, got 3';
  expect(refused({ prompt, n: 3 })).toMatchObject({ code: 'invalid_value', param: 'n', message });
  expect(refused({ prompt, n: 3, best_of: 3 })).toMatchObject({ param: 'n' });
  expect(refused({ prompt, n: 2, best_of: 3 })).toMatchObject({ code: 'invalid_value', param: 'best_of' });
  expect(refused({ prompt: [...prompt, ...prompt] })).toBeUndefined();
});

test('what a schema cannot tell passes where it is right', () => {
  for (const more of [{ best_of: 2, n: 2 }, { best_of: 1, stream: true }, { logprobs: false }, { max_tokens: 0, echo: true }]) {
    expect(refused(more), JSON.stringify(more)).toBeUndefined();
  }
});

test('every field has the line that OpenAPI shows', () => {
  const bare = Object.entries(completionsSchema.properties).filter(([, field]) => !('description' in field));
  expect(bare.map(([key]) => key)).toEqual([]);
});
