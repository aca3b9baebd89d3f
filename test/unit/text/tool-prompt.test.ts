// What a model reads of tools, calls and results: in a template that knows them, and in one that does not.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { ChatMessage, ToolDefinition } from '../../../src/contract/generation.ts';
import { ChatTemplate } from '../../../workers/text/chat-template.ts';
import { formatText } from '../../../workers/text/system-text.ts';
import { openTokenizer } from '../../../workers/text/tokenizer.ts';
import { templateTools, writtenTools } from '../../../workers/text/tool-prompt.ts';
import { codeBlocks } from '../../support/markdown.ts';
import { dataDir } from './generation.ts';

const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const tools: readonly ToolDefinition[] = [{ name: 'rain', description: 'Tells of rain.', parameters }, { name: 'now' }];
const user: ChatMessage = { role: 'user', content: 'Rain?' };
const call: ChatMessage = { role: 'assistant', content: '', toolCalls: [{ id: 'c1', name: 'rain', arguments: '{"city":"Oslo"}' }] };
const result: ChatMessage = { role: 'tool', content: 'yes', toolCallId: 'c1' };

test('tools are written into the system message', () => {
  const text = `You can call these tools. Each line is one tool, with the JSON Schema of its arguments:
<tools>
{"name": "rain", "description": "Tells of rain.", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}
{"name": "now"}
</tools>
To call a tool, answer with nothing but its name and its arguments, in this form:
<tool_call>
{"name": "tool name", "arguments": {"argument name": "value"}}
</tool_call>`;
  expect(writtenTools([user], tools, 'messages').messages).toEqual([{ role: 'system', content: text }, user]);
  const system: ChatMessage = { role: 'system', content: 'Be brief.' };
  expect(writtenTools([system, user], tools, 'messages').messages).toEqual([{ role: 'system', content: `Be brief.\n\n${text}` }, user]);
  expect(writtenTools([user], [], 'messages')).toEqual({ messages: [user] });
});

test('calls and results are written into the turns, neighbours of a user as one', () => {
  const written = '<tool_call>\n{"name": "rain", "arguments": {"city": "Oslo"}}\n</tool_call>';
  const told = 'rain returned: yes';
  const both = [user, { ...call, content: 'Wait.' }, result, result, user];
  expect(writtenTools(both, [], 'messages').messages).toEqual([
    user,
    { role: 'assistant', content: `Wait.\n${written}` },
    { role: 'user', content: `${told}\n${told}\nRain?` },
  ]);
  expect(writtenTools([call], [], 'messages').messages).toEqual([{ role: 'assistant', content: written }]);
  // A call that was dropped, or never there, has no name to tell.
  expect(writtenTools([result], [], 'messages').messages).toEqual([
    { role: 'user', content: 'The tool returned: yes\nNow answer the question in plain words.' },
  ]);
  expect(writtenTools([result, result, call], [], 'messages').messages).toEqual([
    { role: 'user', content: 'rain returned: yes\nrain returned: yes\nNow answer the question in plain words.' },
    { role: 'assistant', content: written },
  ]);
});

test('a template that knows tools gets them in the form of OpenAI, arguments as objects', async () => {
  const source = `{# calls in <tool_call> #}{% if tools %}{% for tool in tools %}[{{ tool.function.name }}]{% endfor %}{% endif %}{% for message in messages %}{{ message.role }}:{% if message.tool_calls %}{% for call in message.tool_calls %}{{ call.function.name }}({{ call.function.arguments.city }}){% endfor %}{% endif %}{% if message.name %}{{ message.name }}={% endif %}{{ message.content }};{% endfor %}`;
  const template = ChatTemplate.of({ ...(await openTokenizer(dataDir)), chatTemplate: source });
  expect(template?.takesTools).toBe(true);
  const prompt = templateTools([user, call, result], tools, 'messages');
  expect(template?.render(prompt.messages, false, 'messages', prompt.tools)).toEqual([
    '[rain][now]user:Rain?;assistant:rain(Oslo);tool:rain=yes;',
  ]);
  expect(template?.render(templateTools([user], [], 'messages').messages, false, 'messages')).toEqual(['user:Rain?;']);
});

test('a template that knows no tools, or shows them in other markup than calls are read in, does not take them', async () => {
  const tokenizer = await openTokenizer(dataDir);
  expect(ChatTemplate.of(tokenizer)?.takesTools).toBe(false);
  const source = '{% if tools %}[AVAILABLE_TOOLS]{{ tools | tojson }}{% endif %}';
  expect(ChatTemplate.of({ ...tokenizer, chatTemplate: source })?.takesTools).toBe(false);
});

test.each([writtenTools, templateTools])('earlier calls are looked at a few times, however many results there are', (tell) => {
  let looked = 0;
  const counted: ChatMessage = {
    ...call,
    get toolCalls() {
      looked += 1;
      return call.toolCalls ?? [];
    },
  };
  tell([counted, result], [], 'messages');
  const few = looked;
  looked = 0;
  tell([counted, ...Array.from({ length: 1000 }, () => result)], [], 'messages');
  expect(few).toBeGreaterThan(0);
  expect(looked).toBe(few);
});

test('of two calls with one id the last one names a result', () => {
  const again: ChatMessage = { ...call, toolCalls: [{ id: 'c1', name: 'now', arguments: '{}' }] };
  expect(writtenTools([call, again, result], [], 'messages').messages[2]?.content).toContain('now returned: yes');
});

const nested = (deep: number): string => `${'['.repeat(deep)}${']'.repeat(deep)}`;

test.each(['{', '', nested(65), nested(100_000)])('arguments of an earlier call that are no JSON, or too deep, are refused', (wrong) => {
  const broken: ChatMessage = { role: 'assistant', content: '', toolCalls: [{ id: 'c1', name: 'rain', arguments: wrong }] };
  for (const tell of [writtenTools, templateTools]) {
    expect(() => tell([broken], [], 'input')).toThrow(expect.objectContaining({ code: 'invalid_value', param: 'input' }));
  }
});

test('arguments of an earlier call may be as deep as a body', () => {
  const deep: ChatMessage = { role: 'assistant', content: '', toolCalls: [{ id: 'c1', name: 'rain', arguments: nested(64) }] };
  expect(writtenTools([deep], [], 'input').messages[0]?.content).toContain(nested(64));
});

test('a format of JSON is told of where text may be answered', () => {
  const format = { kind: 'jsonSchema', schema: { type: 'array', items: { type: 'null' } } } as const;
  const schema = 'answer with JSON and nothing else. It has to fit this JSON Schema:\n{"type": "array", "items": {"type": "null"}}';
  expect(formatText({ format })).toBe(schema.replace('answer', 'Answer'));
  expect(formatText({ format, tools })).toBe(`Unless you call a tool, ${schema}`);
  expect(formatText({ format, tools, toolChoice: { mode: 'none' } })).toBe(schema.replace('answer', 'Answer'));
  expect(formatText({ format, tools, toolChoice: { mode: 'required' } })).toBeUndefined();
  expect(formatText({ format: { kind: 'json' } })).toBe('Answer with a JSON object and nothing else.');
  expect(formatText({ format: { kind: 'regex', pattern: 'a' } })).toBeUndefined();
  expect(formatText({ tools })).toBeUndefined();
});

test('the documentation shows what a model reads, word for word', () => {
  const weather = { name: 'get_weather', description: 'Tells the weather of a city.', parameters: { type: 'object' } };
  const schema = { type: 'object', properties: { sentiment: { enum: ['positive', 'negative'] } }, required: ['sentiment'] };
  const called: ChatMessage = { role: 'assistant', content: '', toolCalls: [{ id: 'c1', name: 'get_weather', arguments: '{}' }] };
  const answered: ChatMessage = { role: 'tool', content: 'sunny', toolCallId: 'c1' };
  const docs = readFileSync(new URL('../../../docs/structured-output.md', import.meta.url), 'utf8');
  const shown = codeBlocks(docs).filter(({ language }) => language === 'text');
  expect(shown.map(({ text }) => text)).toEqual([
    writtenTools([user], [weather], 'messages').messages[0]?.content,
    writtenTools([called, answered], [], 'messages').messages[1]?.content,
    formatText({ format: { kind: 'jsonSchema', schema } }),
  ]);
  expect(docs).toContain(`\`${formatText({ format: { kind: 'json' } })}\``);
});
