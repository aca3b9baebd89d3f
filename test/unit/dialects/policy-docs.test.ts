// docs/routes.md lists the fields that the policy knows, with the values that pass, and no others.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { MethodName } from '../../../src/contract/methods.ts';
import { routeRules } from '../../../src/dialects/policy/route-rules.ts';
import type { Rule } from '../../../src/dialects/policy/rule.ts';
import { markedTableBelow } from '../../support/markdown.ts';

const routes = {
  chat: 'chatCompletions',
  completions: 'completions',
  responses: 'responses',
  messages: 'messages',
  embeddings: 'embeddings',
} as const satisfies Record<string, MethodName>;
const ofText = ['chat', 'completions', 'responses', 'messages'];
const foreign = 'a route of text whose API has no such field';

const markdown = readFileSync(new URL('../../../docs/routes.md', import.meta.url), 'utf8');
const served = documented('## Fields that need a capability');
const refused = documented('## Fields that are refused');

/** A field as a row writes it; undefined where its neutral values are told in words. */
interface Field {
  readonly name: string;
  readonly neutral: readonly unknown[] | undefined;
}

function documented(heading: string): ReadonlyMap<string, readonly Field[]> {
  const found = new Map<string, Field[]>();
  for (const [label = '', cell = ''] of markedTableBelow(markdown, heading)) {
    // What comes after a semicolon is about parts of a conversation.
    const fields = (cell.split(';')[0] ?? '').split(/, (?![^(]*\))/).map(fieldOf);
    const names = label === 'every route of text' ? ofText : label === foreign ? [foreign] : label.split(', ');
    for (const name of names) found.set(name, [...(found.get(name) ?? []), ...fields]);
  }
  return found;
}

function fieldOf(text: string): Field {
  const [, name, values] = /^`([a-z_.]+)`(?: \((.*)\))?$/.exec(text) ?? [];
  if (name === undefined) throw new RangeError(`expected a field with its neutral values in brackets, got ${text}`);
  if (values !== undefined && /^(one|without) /.test(values)) return { name, neutral: undefined };
  const typed = values?.startsWith('type ') === true;
  const words = values?.replace('type ', '').replaceAll('`', '').split(', ') ?? [];
  return { name, neutral: words.map((word) => (typed ? { type: word } : written(word))) };
}

function written(word: string): unknown {
  return /^[a-z]{4,}$/.test(word) && !['true', 'false'].includes(word) ? word : JSON.parse(word);
}

/** The rules of the route about a field of the body itself, by the field. */
function rulesOf(route: keyof typeof routes, isServed: boolean): ReadonlyMap<string, Rule> {
  const rules = (routeRules[routes[route]] ?? []).filter(({ steps, need }) => !steps.includes('[]') && (need !== undefined) === isServed);
  return new Map(rules.map((rule) => [rule.steps.join('.'), rule]));
}

// Whatever any rule lets pass is among these.
const candidates = [
  ...[0, 1, -1, 2, 64, true, false, '', 'none', 'auto', 'required', 'disabled', 'text', 'float'],
  ...[[], ['text'], ['float'], {}, ...['text', 'none', 'auto', 'json_object'].map((type) => ({ type }))],
];

function checkFields(fields: readonly Field[], rules: ReadonlyMap<string, Rule>): void {
  expect(fields.map(({ name }) => name).sort()).toEqual([...rules.keys()].sort());
  for (const { name, neutral } of fields) {
    if (neutral === undefined) continue;
    const passing = candidates.filter((value) => rules.get(name)?.neutral.passes(value));
    expect(new Set(passing), name).toEqual(new Set(neutral));
  }
}

const names = Object.keys(routes) as readonly (keyof typeof routes)[]; // keys of a constant object

test.each(names)('docs/routes.md lists what needs a capability on the route of %s', (route) => {
  checkFields(served.get(route) ?? [], rulesOf(route, true));
});

test.each(names)('docs/routes.md lists what the route of %s refuses', (route) => {
  const own = new Set((served.get(route) ?? []).map(({ name }) => name));
  const others = ofText.includes(route) ? (refused.get(foreign) ?? []).filter(({ name }) => !own.has(name)) : [];
  checkFields([...(refused.get(route) ?? []), ...others], rulesOf(route, false));
});
