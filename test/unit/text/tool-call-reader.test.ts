// What is read out of a text with calls of tools, however its pieces fall.

import { expect, test } from 'vitest';
import { type CallPlace, endsInCall, type Reading, ToolCallReader } from '../../../workers/text/tool-call-reader.ts';

const rain = '<tool_call>\n{"name": "rain", "arguments": {"city": "Paris"}}\n</tool_call>';
const odd = '<tool_call>\n{"name": "a\\"b", "arguments": {"x": ["}</tool_call>", {"y": "\\\\"}], "z": {}}}\n</tool_call>';
const oddArguments = '{"x": ["}</tool_call>", {"y": "\\\\"}], "z": {}}';

interface Joined {
  text: string;
  calls: { name: string; arguments: string }[];
}

function read(place: CallPlace, pieces: readonly string[], isCut = false): Joined {
  const reader = new ToolCallReader(place);
  const readings: Reading[] = pieces.flatMap((piece) => [...reader.push(piece)]);
  readings.push(...reader.end(isCut));
  const joined: Joined = { text: '', calls: [] };
  for (const reading of readings) {
    if (reading.type === 'text') {
      // Not by expect, which would take most of the time: there are thousands of splits.
      if (reading.text === '') throw new Error('expected text');
      joined.text += reading.text;
      continue;
    }
    if ((reading.name !== undefined) !== (reading.call === joined.calls.length))
      throw new Error('expected a name with the first piece alone');
    if (reading.name !== undefined) joined.calls.push({ name: reading.name, arguments: '' });
    const call = joined.calls[reading.call];
    if (call !== undefined) call.arguments += reading.arguments;
  }
  return joined;
}

const called = { name: 'rain', arguments: '{"city": "Paris"}' };

test.each<[string, CallPlace, string, Joined]>([
  ['a call alone', 'start', rain, { text: '', calls: [called] }],
  ['white space before a call', 'start', ` \n${rain}`, { text: '', calls: [called] }],
  ['two calls', 'start', `${rain}\n${rain}`, { text: '', calls: [called, called] }],
  ['text before a call', 'anywhere', `Let me see. < ${rain}`, { text: 'Let me see. < ', calls: [called] }],
  ['markup inside arguments', 'start', odd, { text: '', calls: [{ name: 'a"b', arguments: oddArguments }] }],
  ['arguments without members', 'start', rain.replace('"city": "Paris"', ''), { text: '', calls: [{ name: 'rain', arguments: '{}' }] }],
  ['other white space', 'anywhere', rain.replaceAll(/[\n ]/g, ''), { text: '', calls: [{ name: 'rain', arguments: '{"city":"Paris"}' }] }],
  ['text that almost calls', 'anywhere', 'a <tool_cal> <<tool_ b', { text: 'a <tool_cal> <<tool_ b', calls: [] }],
  ['a beginning that is none', 'anywhere', 'a <<tool_call', { text: 'a <<tool_call', calls: [] }],
  ['white space alone', 'anywhere', ' \n ', { text: ' \n ', calls: [] }],
  ['white space after a call', 'anywhere', `${rain}\n \n`, { text: '', calls: [called] }],
  ['markup behind other text, where only the start counts', 'start', `{"a": "${rain}`, { text: `{"a": "${rain}`, calls: [] }],
  ['a name that is no JSON', 'anywhere', rain.replace('rain', 'ra\nin'), { text: rain.replace('rain', 'ra\nin'), calls: [] }],
  ['a head that is none', 'anywhere', 'a <tool_call> b', { text: 'a <tool_call> b', calls: [] }],
  ['markup where nothing may be called', 'nowhere', `${rain} `, { text: `${rain} `, calls: [] }],
])('%s is the same however its text is split', (_, place, text, joined) => {
  const seen = new Set<string>();
  for (let first = 0; first <= text.length; first += 1) {
    for (let second = first; second <= text.length; second += 1) {
      seen.add(JSON.stringify(read(place, [text.slice(0, first), text.slice(first, second), text.slice(second)])));
    }
  }
  seen.add(JSON.stringify(read(place, [...text])));
  expect([...seen].map((json) => JSON.parse(json))).toEqual([joined]);
});

test('a text that is cut inside a call has told of it what there was, and no markup', () => {
  for (let length = 0; length < rain.length; length += 1) {
    const { text, calls } = read('start', [rain.slice(0, length)], true);
    expect(text).toBe('');
    for (const call of calls) expect(called.arguments.startsWith(call.arguments)).toBe(true);
  }
  for (let length = 0; length <= rain.length; length += 1) {
    expect(read('anywhere', [`${rain}\n`, rain.slice(0, length)], true).text).toBe('');
  }
});

test('a beginning of markup is text where the model ended there', () => {
  expect(read('start', ['<tool_'], false).text).toBe('<tool_');
  expect(read('anywhere', ['a <'], true).text).toBe('a <');
});

test('a head that goes on and on is text', () => {
  const whole = `<tool_call>{"name": "${'a'.repeat(5000)}", "arguments": {}}`;
  expect(read('anywhere', [...whole])).toEqual({ text: whole, calls: [] });
});

test('what comes behind a whole call, however long, is not kept', () => {
  const reader = new ToolCallReader('anywhere');
  reader.push(rain.slice(0, -'\n</tool_call>'.length));
  for (let piece = 0; piece < 100; piece += 1) expect(reader.push(' </tool_')).toEqual([]);
  expect(reader.push('</tool_call> ')).toEqual([]);
  expect(reader.push('Done.')).toEqual([{ type: 'text', text: ' Done.' }]);
});

test.each([
  ['', false],
  ['It is 3 > 2.', false],
  ['Well. <tool_', true],
  ['Well. <tool_ \n', true],
  ['Well. <tool_call>\n{"na', true],
  ['<tool_call>\n{"name": "rain", "arguments": {"city": "</tool_call>', true],
  [`${rain.slice(0, -3)}`, true],
  [rain, false],
  [`${rain}\n<tool_call>`, true],
  [`${rain}\nIt rains.`, false],
])('whether %j ends inside a call: %s', (beginning, isInside) => {
  expect(endsInCall(beginning)).toBe(isInside);
});

test('text ends where a call begins', () => {
  const reader = new ToolCallReader('anywhere');
  reader.push('Well. \n<tool');
  expect([reader.textEnd, reader.hasMarkup]).toEqual([7, false]);
  reader.push('_call>\n{"name": ');
  expect([reader.textEnd, reader.hasMarkup, reader.isInCall, reader.calls]).toEqual([7, true, true, 0]);
});
