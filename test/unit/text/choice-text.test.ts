import { expect, test } from 'vitest';
import type { GenerationEvent, TokenLogprob } from '../../../src/contract/generation.ts';
import { ChoiceText, type ChoiceTextOptions } from '../../../workers/text/choice-text.ts';

const call = ['<tool', '_call>', '\n{"name": "f", ', '"arguments": {', '"a": "stop"', '}}\n</tool', '_call>'];

function watch(pieces: readonly string[], options: Partial<ChoiceTextOptions> = {}, isCut = false) {
  const shown = new ChoiceText({ stop: [], callPlace: 'anywhere', isRated: true, from: 0, ...options });
  const events: GenerationEvent[] = [];
  let offset = options.from ?? 0;
  let matched: string | undefined;
  for (const token of pieces) {
    const entry: TokenLogprob = { id: 0, token, bytes: [], logprob: -1, top: [], offset };
    offset += token.length;
    const told = shown.push(token, options.isRated === false ? undefined : entry, true);
    events.push(...told.events);
    matched = told.matched;
    if (matched !== undefined) break;
  }
  const rest = shown.end(isCut);
  events.push(...rest.events);
  const texts = events.flatMap((event) => (event.type === 'text' ? [event] : []));
  return {
    text: texts.map(({ text }) => text).join(''),
    rated: texts.flatMap(({ logprobs = [] }) => logprobs.map(({ token }) => token)),
    calls: events.flatMap((event) => (event.type === 'toolCall' ? [event] : [])),
    matched: matched ?? rest.matched,
    hasCalls: shown.hasCalls,
  };
}

test('log probabilities are those of the text, not of calls', () => {
  const { text, rated, calls, hasCalls } = watch(['Let', ' me', ' see.', ...call]);
  expect([text, rated, hasCalls]).toEqual(['Let me see.', ['Let', ' me', ' see.'], true]);
  expect(calls.map(({ arguments: piece }) => piece).join('')).toBe('{"a": "stop"}');
  expect(calls.map(({ id, name }) => [id?.startsWith('call_'), name])[0]).toEqual([true, 'f']);
  expect(calls.slice(1).every(({ id, name }) => id === undefined && name === undefined)).toBe(true);
});

test('a token that ends the text and begins a call is told with the text', () => {
  expect(watch(['Yes. <tool', '_call>', ...call.slice(2)]).rated).toEqual(['Yes. <tool']);
});

test('an answer of calls alone has neither text nor log probabilities', () => {
  const { text, rated, hasCalls } = watch(['\n', ...call], { callPlace: 'start' });
  expect([text, rated, hasCalls]).toEqual(['', [], true]);
});

test.each([1, 2, 3, 4, 5])('a call that is cut after %i tokens leaves no markup behind', (length) => {
  const { text, rated } = watch(call.slice(0, length), { callPlace: 'start' }, true);
  expect([text, rated]).toEqual(['', []]);
});

test('stop strings end text, and nothing inside a call', () => {
  const within = watch(['Now', ' call: ', ...call], { stop: ['stop', '\n'] });
  expect([within.text, within.matched, within.calls.length > 0]).toEqual(['Now call: ', undefined, true]);
  const before = watch(['Now', ' stop', ...call], { stop: ['stop'] });
  expect([before.text, before.matched, before.hasCalls]).toEqual(['Now ', 'stop', false]);
});

test('what a stop string held back is text once a call begins', () => {
  const { text, rated } = watch(['a', ' st', ...call], { stop: ['stop'] });
  expect([text, rated]).toEqual(['a st', ['a', ' st']]);
});

test('a stop string that a call could have begun with ends the text at its end', () => {
  expect(watch(['a', ' <'], { stop: ['<'] })).toMatchObject({ text: 'a ', matched: '<' });
});

test('without log probabilities the events have none', () => {
  const shown = new ChoiceText({ stop: [], callPlace: 'nowhere', isRated: false, from: 0 });
  expect(shown.push('a', undefined, true).events).toEqual([{ type: 'text', text: 'a' }]);
});

test('log probabilities end where a stop string cuts the text', () => {
  const { text, rated, matched } = watch(['Hello', '!', ' How', ' can', ' I'], { stop: ['! How can'], callPlace: 'nowhere' });
  expect([text, rated, matched]).toEqual(['Hello', ['Hello'], '! How can']);
});

test('a token that a stop string cuts in two is told with its text', () => {
  const { text, rated } = watch(['a', ' b!', ' c', 'd'], { stop: ['! c'], from: 7 });
  expect([text, rated]).toEqual(['a b', ['a', ' b!']]);
});

test('a token that was held back for one stop string is not told when another cuts it off', () => {
  const { text, rated } = watch(['a', 'b', 'c', 'Z'], { stop: ['abX', 'bcZ'] });
  expect([text, rated]).toEqual(['a', ['a']]);
});
