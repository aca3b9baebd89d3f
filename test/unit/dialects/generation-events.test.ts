import { expect, test } from 'vitest';
import type { GenerationEvent } from '../../../src/contract/generation.ts';
import { gatherEvents, GenerationTally } from '../../../src/dialects/generation-events.ts';

const text = (choice: number): GenerationEvent => ({ type: 'text', text: 'a', choice });
const finish = (choice: number, reason: 'stop' | 'length' = 'stop'): GenerationEvent => ({ type: 'finish', reason, choice });
const call = (index: number, begun?: { readonly id?: string; readonly name?: string }): GenerationEvent => ({
  type: 'toolCall',
  call: index,
  arguments: '{}',
  ...begun,
});
const begun = { id: 'a', name: 'look' };

async function* streamOf(events: readonly GenerationEvent[]) {
  yield* events;
}

test.each<readonly [string, number, readonly GenerationEvent[]]>([
  ['a choice without its finish', 2, [text(0), text(1), finish(0)]],
  ['a choice that never began', 2, [text(0), finish(0)]],
  ['a choice that nobody asked for', 1, [text(1), finish(0), finish(1)]],
  ['text after the finish', 1, [finish(0), text(0)]],
  ['two finishes', 1, [finish(0), finish(0)]],
  ['a call without its id', 1, [call(0, { name: 'look' }), finish(0)]],
  ['a call without its name', 1, [call(0, { id: 'a' }), finish(0)]],
  ['a call that begins twice', 1, [call(0, begun), call(0, begun), finish(0)]],
  ['calls with a gap', 1, [call(1, begun), finish(0)]],
])('%s is invalid_result', async (_, count, events) => {
  await expect(gatherEvents('chatCompletions', streamOf(events), count)).rejects.toMatchObject({
    code: 'invalid_result',
    message: expect.stringContaining('chatCompletions'),
  });
});

test('a generation of one choice is that choice', async () => {
  const gathered = await gatherEvents('responses', streamOf([call(0, begun), text(0), finish(0)]));
  const choice = { text: 'a', toolCalls: [{ ...begun, arguments: '{}' }], logprobs: [], reason: 'toolCalls', stopSequence: null };
  expect(gathered).toEqual({ ...choice, choices: [choice], usage: { promptTokens: 0, completionTokens: 0 } });
});

test('a choice that called ends for its calls, unless a limit cut it off', () => {
  for (const [reason, told] of [
    ['stop', 'toolCalls'],
    ['length', 'length'],
  ] as const) {
    const tally = new GenerationTally('messages');
    for (const event of [call(0, begun), finish(0, reason)]) tally.take(event);
    expect(tally.end().reason).toBe(told);
  }
});
