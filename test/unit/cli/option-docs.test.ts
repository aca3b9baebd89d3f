import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { benchFlags } from '../../../src/cli/bench-options.ts';
import { fileKeyOf, flagNames, type OptionSpec, optionNames, optionTable, variableOf } from '../../../src/cli/options.ts';
import { tableBelow } from '../../support/markdown.ts';

const documented = tableBelow(readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8'), '## Server');

test('docs/configuration.md lists every setting of the server with its names, default and meaning, and no other', () => {
  const table = optionNames.map((name) => [
    ...(flagNames.includes(name) ? [`--${name}`, variableOf(name)] : ['none', 'none']),
    // The file cannot name the file.
    name === 'config' ? 'none' : fileKeyOf(name),
    shown(optionTable[name].default),
    optionTable[name].doc,
  ]);
  expect(documented).toEqual(table);
});

test('docs/bench.md lists every flag of the load generator with its meaning, and no other', () => {
  const flags = tableBelow(readFileSync(new URL('../../../docs/bench.md', import.meta.url), 'utf8'), '## Flags');
  expect(flags).toEqual(Object.entries(benchFlags).map(([name, { doc }]) => [`--${name}`, doc]));
});

function shown(value: OptionSpec['default']): string {
  const isEmpty = value === undefined || (typeof value === 'object' && Object.keys(value).length === 0);
  return isEmpty ? 'none' : String(value);
}
