import { expect, test } from 'vitest';
import { TriggeredConstraint } from '../../../workers/text/triggered-constraint.ts';
import { allowedBy, FakeConstraint } from './fake-constraint.ts';

const texts = ['a', '<', 'call', '>', '>\n', '>x', ' <ca', 'll>', '<call>\n{', '\n'];
const textOf = (token: number): string => texts[token] ?? '';
const all = [...texts.keys()];
const enders = all.flatMap((id) => (textOf(id).includes('>') ? [{ id, text: textOf(id) }] : []));
const token = (text: string): number => texts.indexOf(text);

function open(calls: FakeConstraint): TriggeredConstraint {
  return new TriggeredConstraint(calls, { text: '<call>', next: '\n{', enders }, textOf);
}

test('until the trigger every text may come', async () => {
  const calls = new FakeConstraint([]);
  const constraint = open(calls);
  for (const text of ['a', '<', 'a', ' <ca', '<', '<']) {
    expect(await allowedBy(constraint, texts.length)).toEqual(all);
    constraint.accept(token(text));
  }
  expect([constraint.isIdle, calls.texts, calls.accepted]).toEqual([true, [], []]);
});

test.each([
  [['<', 'call', '>'], '<call>'],
  [['a', '<', '<', 'call', '>\n'], '<call>\n'],
  [[' <ca', 'll>'], '<call>'],
  [['<call>\n{'], '<call>\n{'],
])('%j begins a call', async (pieces, text) => {
  const calls = new FakeConstraint([[9]]);
  const constraint = open(calls);
  for (const piece of pieces) {
    await constraint.apply(new Float32Array(texts.length));
    constraint.accept(token(piece));
  }
  expect([constraint.isIdle, calls.texts]).toEqual([false, [text]]);
  expect(await allowedBy(constraint, texts.length)).toEqual([9]);
  constraint.accept(9);
  expect(calls.accepted).toEqual([9]);
  constraint.close();
  expect(calls.closed).toBe(1);
});

test('a token that ends the trigger and goes on like no call is left out', async () => {
  const constraint = open(new FakeConstraint([]));
  constraint.accept(token('<'));
  expect(await allowedBy(constraint, texts.length)).toEqual(all);
  constraint.accept(token('call'));
  expect(await allowedBy(constraint, texts.length)).toEqual(all.filter((id) => textOf(id) !== '>x'));
});

test('why there is no mask is told by the next apply, and by nothing else', async () => {
  const calls = new FakeConstraint([]);
  calls.acceptText = () => Promise.reject(new Error('lost'));
  const constraint = open(calls);
  constraint.accept(token('<call>\n{'));
  await Promise.resolve();
  await expect(constraint.apply(new Float32Array(texts.length))).rejects.toThrow('lost');
});
