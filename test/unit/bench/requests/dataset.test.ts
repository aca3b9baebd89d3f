// Prompts are read from files of the usual shapes, and a bad line is told by its place, never by its text.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readDataset } from '../../../../src/bench/requests/dataset.ts';

const dir = mkdtempSync(join(tmpdir(), 'dataset-'));
afterAll(() => rmSync(dir, { recursive: true }));

const file = join(dir, 'data');
type Format = Parameters<typeof readDataset>[1]['format'];

function read(format: Format, text: string, field?: string): ReturnType<typeof readDataset> {
  writeFileSync(file, text);
  return readDataset(file, { format, ...(field === undefined ? {} : { field }) });
}

function problem(format: Format, text: string, field?: string): string {
  try {
    read(format, text, field);
  } catch (error) {
    return error instanceof Error ? error.message.replace(file, 'data') : '';
  }
  return 'none';
}

test('each line that is not blank is a text', () => {
  expect(read('lines', '\uFEFFone two\r\n\n  \nthree\n')).toEqual([{ text: 'one two' }, { text: 'three' }]);
  expect(problem('lines', '\n \n')).toBe('data: expected at least one text, found none');
});

test('of a JSON line the asked field is taken, or the first of the usual ones', () => {
  const lines = ['{"text":"b","prompt":"a"}', '{"id":1,"text":"b"}', '{"input":"c"}'].join('\n');
  expect(read('jsonl', lines).map(({ text }) => text)).toEqual(['a', 'b', 'c']);
  expect(read('jsonl', '{"text":"b","q":"d"}', 'q')).toEqual([{ text: 'd' }]);
});

test('messages of a JSON line are a conversation up to its last turn of the user', () => {
  const messages = [
    { role: 'developer', content: 'be brief' },
    { role: 'user', content: 'first' },
    { role: 'assistant', content: 'reply' },
    { role: 'user', content: 'second' },
    { role: 'assistant', content: 'what a model is asked for' },
  ];
  expect(read('jsonl', JSON.stringify({ messages }))).toEqual([
    {
      text: 'first',
      turns: [
        { role: 'system', content: 'be brief' },
        { role: 'user', content: 'first' },
        { role: 'assistant', content: 'reply' },
        { role: 'user', content: 'second' },
      ],
    },
  ]);
});

const shared = [
  {
    conversations: [
      { from: 'human', value: 'hi' },
      { from: 'gpt', value: 'hello' },
    ],
  },
  { conversations: [{ from: 'gpt', value: 'nobody asked' }] },
  { conversations: [] },
  {
    id: 'x',
    conversations: [
      { from: 'gpt', value: 'late' },
      { from: 'human', value: 'and now' },
    ],
  },
];
const read2 = [
  { text: 'hi', turns: [{ role: 'user', content: 'hi' }] },
  {
    text: 'and now',
    turns: [
      { role: 'assistant', content: 'late' },
      { role: 'user', content: 'and now' },
    ],
  },
];

test('conversations in the shape of ShareGPT are a list or lines, and those without a human are left out', () => {
  expect(read('sharegpt', JSON.stringify(shared))).toEqual(read2);
  expect(read('sharegpt', shared.map((entry) => JSON.stringify(entry)).join('\n'))).toEqual(read2);
});

test.each<readonly [Format, string, string | undefined, string]>([
  ['jsonl', '{"text":"a"}\n{"text":"secret', undefined, 'data:2: expected JSON'],
  ['jsonl', '\n{"other":"secret"}', undefined, 'data:2: expected an object with prompt, text, input, messages, found none of them'],
  ['jsonl', '{"text":"a"}\n{"text":""}', undefined, 'data:2: expected text or a list of messages at text, found empty text'],
  ['jsonl', '"secret"', 'q', 'data:1: expected text or a list of messages at q, found none'],
  ['jsonl', '{"messages":[{"role":"user"}]}', undefined, "data:1: expected messages of text at messages, of which one is the user's"],
  [
    'jsonl',
    '{"messages":[{"role":"assistant","content":"secret"}]}',
    undefined,
    "data:1: expected messages of text at messages, of which one is the user's",
  ],
  [
    'sharegpt',
    '[{"conversations":[]},{"secret":1}]',
    undefined,
    'data: entry 2: expected an object with the list conversations, found none',
  ],
  [
    'sharegpt',
    '{"conversations":[{"from":"alien","value":"secret"}]}',
    undefined,
    'data:1: expected turns with from and value, found another',
  ],
  ['sharegpt', '[secret', undefined, 'data: expected JSON'],
])('a bad %s file is told without its text', (format, text, field, message) => {
  expect(problem(format, text, field)).toBe(message);
});

test('a file that is not there is told', () => {
  expect(() => readDataset(join(dir, 'none'), { format: 'lines' })).toThrow('none: expected a readable file');
});
