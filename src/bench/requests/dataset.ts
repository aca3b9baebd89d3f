// Prompts from a file: lines of text, JSON lines, or conversations in the shape of ShareGPT. No message shows what a file holds.

import { readFileSync, statSync } from 'node:fs';
import { InferenceError } from '../../core/errors.ts';
import type { Source } from '../scenario-schema.ts';
import { field } from './json-fields.ts';
import type { Prompt, Turn } from './prompt.ts';

type FileSource = Pick<Extract<Source, { file: unknown }>, 'format' | 'field'>;

// Each thread of the client holds all of it, and a string has at most 512 MiB.
const largestFileBytes = 256 * 1024 * 1024;

/** Read at once, because a request may not wait for a disk. Throws: invalid_config with file and line. */
export function readDataset(file: string, { format, field: key }: FileSource): readonly Prompt[] {
  const text = readText(file);
  const prompts = format === 'sharegpt' ? conversations(file, text) : lines(file, text, format, key);
  if (prompts.length === 0) throw invalid(`${file}: expected at least one text, found none`);
  return prompts;
}

function readText(file: string): string {
  try {
    const { size } = statSync(file);
    if (size > largestFileBytes) throw invalid(`${file}: expected at most ${largestFileBytes} bytes, found ${size}`);
    // Editors of one system put a byte order mark before the text.
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (cause) {
    if (cause instanceof InferenceError) throw cause;
    throw new InferenceError('invalid_config', `${file}: expected a readable file`, { cause });
  }
}

/** Blank lines are none. */
function lines(file: string, text: string, format: 'lines' | 'jsonl', key: string | undefined): Prompt[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    if (line.trim() === '') return [];
    return [format === 'lines' ? { text: line } : ofJsonLine(line, `${file}:${index + 1}`, key)];
  });
}

// In the order in which they are looked for.
const usualFields = ['prompt', 'text', 'input', 'messages'];

function ofJsonLine(line: string, place: string, asked: string | undefined): Prompt {
  const value = parsed(line, place);
  const key = asked ?? usualFields.find((name) => field(value, name) !== undefined);
  if (key === undefined) throw invalid(`${place}: expected an object with ${usualFields.join(', ')}, found none of them`);
  const content = field(value, key);
  if (typeof content === 'string' && content !== '') return { text: content };
  if (!Array.isArray(content)) throw invalid(`${place}: expected text or a list of messages at ${key}, found ${kind(content)}`);
  const turns = content.map((message: unknown) => turnOf(field(message, 'role'), field(message, 'content')));
  return conversation(turns) ?? fail(`${place}: expected messages of text at ${key}, of which one is the user's`);
}

/** What people publish under that name also holds conversations without a human, or that are empty: they are left out. */
function conversations(file: string, text: string): Prompt[] {
  const isList = text.trimStart().startsWith('[');
  const value = isList ? parsed(text, file) : undefined;
  if (Array.isArray(value)) return value.flatMap((entry: unknown, index) => ofShareGpt(entry, `${file}: entry ${index + 1}`));
  return text.split(/\r?\n/).flatMap((line, index) => {
    if (line.trim() === '') return [];
    const place = `${file}:${index + 1}`;
    return ofShareGpt(parsed(line, place), place);
  });
}

// Whose turn it is, in that shape.
const sender = 'from';

function ofShareGpt(entry: unknown, place: string): Prompt[] {
  const said = field(entry, 'conversations');
  if (!Array.isArray(said)) throw invalid(`${place}: expected an object with the list conversations, found ${kind(said)}`);
  const turns = said.map((turn: unknown) => turnOf(field(turn, sender), field(turn, 'value')));
  if (turns.includes(undefined)) throw invalid(`${place}: expected turns with from and value, found another`);
  const prompt = conversation(turns);
  return prompt === undefined ? [] : [prompt];
}

const roles: Readonly<Record<string, Turn['role']>> = {
  system: 'system',
  developer: 'system',
  human: 'user',
  user: 'user',
  gpt: 'assistant',
  chatgpt: 'assistant',
  bing: 'assistant',
  bard: 'assistant',
  assistant: 'assistant',
};

function turnOf(from: unknown, content: unknown): Turn | undefined {
  const role = typeof from === 'string' && Object.hasOwn(roles, from) ? roles[from] : undefined;
  return role === undefined || typeof content !== 'string' ? undefined : { role, content };
}

/** Up to the last turn of the user, since what follows is what the model is asked for. Undefined without one, or with a turn that is none. */
function conversation(turns: readonly (Turn | undefined)[]): Prompt | undefined {
  const whole = turns.filter((turn) => turn !== undefined);
  const first = whole.find(({ role, content }) => role === 'user' && content !== '');
  if (whole.length < turns.length || first === undefined) return undefined;
  const last = whole.findLastIndex(({ role, content }) => role === 'user' && content !== '');
  // Models refuse an empty turn.
  return { text: first.content, turns: whole.slice(0, last + 1).filter(({ content }) => content !== '') };
}

function parsed(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message shows a piece of the text.
    throw invalid(`${place}: expected JSON`);
  }
}

function kind(value: unknown): string {
  if (value === undefined) return 'none';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : value === '' ? 'empty text' : `a value of type ${typeof value}`;
}

function invalid(message: string): InferenceError {
  return new InferenceError('invalid_config', message);
}

function fail(message: string): never {
  throw invalid(message);
}
