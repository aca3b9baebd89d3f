import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { figureNames } from '../../../src/bench/figures/figure-names.ts';
import { formulas } from '../../../src/bench/report/formulas.ts';
import { outcomes } from '../../../src/bench/request-record.ts';
import { scenarioSchema } from '../../../src/bench/scenario-schema.ts';
import { tableBelow } from '../../support/markdown.ts';

const text = readFileSync(new URL('../../../docs/bench.md', import.meta.url), 'utf8');
const stats = ['mean', 'min', 'p50', 'p90', 'p95', 'p99', 'p99_9', 'max'];

test('docs/bench.md lists every key of a scenario with its default, and no other', () => {
  const documented = tableBelow(text, '## Scenario');
  expect(documented.map(([key, byDefault]) => [key, byDefault])).toEqual([...keysOf(scenarioSchema, '')]);
  for (const [key, , meaning] of documented) expect(meaning, key).not.toBe('');
});

test('docs/bench.md defines every figure as the reports do', () => {
  expect(tableBelow(text, '## Figures')).toEqual(formulas.map(({ name, meaning }) => [name, meaning]));
});

test('docs/bench.md lists every figure that a limit can name, and no other', () => {
  const documented = tableBelow(text, '### Names for --fail-if').flatMap(([name = '']) => {
    if (name.startsWith('STAT')) return stats.map((stat) => name.replace('STAT', stat));
    return name.endsWith('OUTCOME') ? outcomes.map((outcome) => name.replace('OUTCOME', outcome)) : [name];
  });
  expect(documented).toEqual(figureNames);
});

test('docs/bench.md lists every class of outcomes, and no other', () => {
  expect(tableBelow(text, '## Outcomes').map(([name]) => name)).toEqual([...outcomes]);
});

/** Keys with their defaults, those of all alternatives together. A length, which may be a number, is one key. */
function keysOf(schema: object, path: string): Map<string, string> {
  const alternatives = 'anyOf' in schema ? (schema.anyOf as object[]) : [schema]; // JSON Schema: a list of schemas
  const keys = new Map<string, string>();
  const isValue = alternatives.some((member) => 'type' in member && member.type !== 'object' && member.type !== 'array');
  for (const member of isValue ? [] : alternatives) {
    const below: [string, object][] =
      'items' in member
        ? [[`${path}[]`, member.items as object]] // JSON Schema: a schema
        : Object.entries('properties' in member ? (member.properties as Record<string, object>) : {}).map(([key, inner]) => [
            path === '' ? key : `${path}.${key}`,
            inner,
          ]);
    for (const [at, inner] of below)
      for (const [key, byDefault] of keysOf(inner, at)) if (key !== `${path}[]` && !keys.has(key)) keys.set(key, byDefault);
  }
  if (keys.size === 0) keys.set(path, 'default' in schema ? JSON.stringify(schema.default) : 'none');
  return keys;
}
