import { readFileSync } from 'node:fs';
import type { Static } from 'typebox';
import { expect, expectTypeOf, test } from 'vitest';
import type { ModelCapabilities } from '../../../src/contract/capabilities.ts';
import { capabilitiesSchema } from '../../../src/contract/capabilities-schema.ts';
import { capabilityView } from '../../../src/http/capability-view.ts';
import { tableBelow } from '../../support/markdown.ts';

const documented = tableBelow(readFileSync(new URL('../../../docs/contract.md', import.meta.url), 'utf8'), '## Capabilities');

test('the schema of capabilities has the members of the contract', () => {
  expectTypeOf<keyof Static<typeof capabilitiesSchema>>().toEqualTypeOf<keyof ModelCapabilities>();
  expectTypeOf<Static<typeof capabilitiesSchema>>().toExtend<Mutable<ModelCapabilities>>();
});

test('docs/contract.md lists every capability, and no other', () => {
  expect(documented.map(([member]) => member)).toEqual(Object.keys(capabilitiesSchema.properties));
  for (const [member, meaning] of documented) expect(meaning, member).not.toBe('');
});

test('docs/contract.md names entries that /v1/models has', () => {
  const shown = new Set([...Object.keys(capabilityView({})), 'max_input_tokens', 'max_tokens']);
  for (const [member, , entry = ''] of documented) expect(shown, member).toContain(entry.split(/[,;]/)[0]);
});

type Mutable<T> = { -readonly [N in keyof T]: T[N] };
