import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { configSchema } from '../../../src/contract/config.ts';
import { tableBelow } from '../../support/markdown.ts';

const documented = tableBelow(readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8'), '## Model: config.yaml');

test('docs/configuration.md lists every key of config.yaml with its default, and no other', () => {
  expect(documented.map(([key, byDefault]) => [key, byDefault])).toEqual(keysOf(configSchema, ''));
});

test('every key of config.yaml is explained', () => {
  for (const [key, , meaning] of documented) expect(meaning, key).not.toBe('');
});

/** Keys of a schema with their defaults. A group of keys stands for its members, whose own defaults are what a reader asks for. */
function keysOf(schema: object, prefix: string): [string, string][] {
  return Object.entries(propertiesOf(schema) ?? {}).flatMap(([key, member]): [string, string][] => {
    const path = `${prefix}${key}`;
    if (propertiesOf(member) !== undefined) return keysOf(member, `${path}.`);
    return [[path, 'default' in member ? JSON.stringify(member.default) : 'none']];
  });
}

/** A record of free keys has none. */
function propertiesOf(schema: object): Record<string, object> | undefined {
  if (!('properties' in schema) || typeof schema.properties !== 'object' || schema.properties === null) return undefined;
  return schema.properties as Record<string, object>; // JSON Schema: every property is a schema
}
