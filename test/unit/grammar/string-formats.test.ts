// The formats a grammar writes: their lengths, and the patterns that may stand beside them.

import { expect, test } from 'vitest';
import { narrower, stringFormats } from '../../../workers/grammar/string-formats.ts';

const samples: Readonly<Record<string, { readonly shortest: string; readonly longest: string }>> = {
  date: { shortest: '2020-01-01', longest: '2020-02-28' },
  time: { shortest: '00:00:00Z', longest: '23:59:59.123456+00:00' },
  'date-time': { shortest: '2020-01-01T00:00:00Z', longest: '2020-01-01T23:59:59.123456-00:00' },
  uuid: { shortest: '00000000-0000-0000-0000-000000000000', longest: 'ffffffff-ffff-ffff-ffff-ffffffffffff' },
  ipv4: { shortest: '1.1.1.1', longest: '255.255.255.255' },
  hostname: { shortest: 'a', longest: Array.from({ length: 4 }, () => 'a'.repeat(16)).join('.') },
  email: {
    shortest: 'a@b.cd',
    longest: `${Array.from({ length: 3 }, () => 'a'.repeat(8)).join('.')}@${`${'b'.repeat(16)}.`.repeat(2)}${'c'.repeat(6)}`,
  },
};

for (const [name, { pattern, shortest, longest }] of stringFormats) {
  test(`the lengths of ${name} are those of its pattern`, () => {
    const whole = new RegExp(`^(${pattern})$`, 'u');
    const sample = samples[name];
    expect([sample?.shortest.length, sample?.longest.length]).toEqual([shortest, longest]);
    for (const text of [sample?.shortest, sample?.longest]) expect(text).toMatch(whole);
    // One more of any of its own characters, anywhere, is no longer of the format, and one fewer neither.
    const more = [...'0a.-:Z@'].flatMap((char) => [`${sample?.longest}${char}`, `${char}${sample?.longest}`]);
    for (const text of [...more, sample?.shortest.slice(1), sample?.shortest.slice(0, -1)]) expect(text).not.toMatch(whole);
  });
}

const hex = '[0-9a-fA-F]';
const uuid = (version: string) =>
  `^(${hex}{8}-${hex}{4}-${version}${hex}{3}-[89abAB]${hex}{3}-${hex}{12}|00000000-0000-0000-0000-000000000000|ffffffff-ffff-ffff-ffff-ffffffffffff)$`;

test('a pattern is the narrower where it says all that the format does', () => {
  for (const version of ['[1-8]', '7']) expect(narrower('uuid', uuid(version))).toBe('pattern');
  expect(narrower('ipv4', uuid('4'))).toBeUndefined();
  expect(narrower('uuid', uuid('9'))).toBeUndefined();
  expect(narrower('uuid', uuid('4').slice(1))).toBeUndefined();
  expect(narrower('date-time', '^\\d{4}$')).toBeUndefined();
});

test('a pattern of an address belongs to that format alone', () => {
  const pattern = "^(?:[A-Za-z0-9_'+\\-]+\\.)*[A-Za-z0-9_'+\\-]*[A-Za-z0-9_+-]@(?:[A-Za-z0-9][A-Za-z0-9\\-]*\\.)+[A-Za-z]{2,}$";
  expect(narrower('email', pattern)).toBe('format');
  expect(narrower('hostname', pattern)).toBeUndefined();
});
