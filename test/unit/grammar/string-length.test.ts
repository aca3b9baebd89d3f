import { expect, test } from 'vitest';
import { CountedString, StringAdditions } from '../../../workers/grammar/string-length.ts';

// One character per byte, as the grammar thread has them: é is two.
const tokens = ['a', 'ab', '"', 'a"', '\\', '\\"', '"a', '\xc3', '\xa9', 'abc"}'];

/** The tokens that may follow. */
function allowed(limits: { least: number; most: number; until?: 'end' }, before: readonly string[]): string[] {
  const string = new CountedString(new StringAdditions(tokens), { until: 'quote', ...limits });
  for (const bytes of before) expect(string.add(bytes)).toBe('on');
  const mask = new Int32Array(1).fill(-1);
  string.limit(mask, []);
  return tokens.filter((_, token) => (((mask[0] ?? 0) >>> token) & 1) === 1);
}

test('a string does not end before its least length', () => {
  expect(allowed({ least: 3, most: 100 }, ['a'])).toEqual(['a', 'ab', '\\', '\\"', '\xc3', '\xa9', 'abc"}']);
});

test('a string is not longer than its most length', () => {
  expect(allowed({ least: 0, most: 1 }, [])).toEqual(['a', '"', 'a"', '\\', '\\"', '"a', '\xc3', '\xa9']);
  // A byte that continues a character adds none.
  expect(allowed({ least: 0, most: 1 }, ['\xc3'])).toEqual(['"', '"a', '\xa9']);
});

test('an escape counts as one character, in one token or two', () => {
  expect(allowed({ least: 0, most: 1 }, ['\\"'])).toEqual(['"', '"a', '\xa9']);
  // Behind a backslash the quote is content.
  expect(allowed({ least: 0, most: 1 }, ['\\'])).toContain('"');
  expect(allowed({ least: 0, most: 2 }, ['\\', '"'])).toContain('a"');
  expect(allowed({ least: 0, most: 1 }, ['\\', '"'])).not.toContain('a"');
});

test('a quote closes the string, if it is long enough', () => {
  const string = new CountedString(new StringAdditions(tokens), { least: 2, most: 9, until: 'quote' });
  expect(string.add('\\"')).toBe('on');
  expect(string.add('a"')).toBe('closed');
  expect(new CountedString(new StringAdditions(tokens), { least: 2, most: 9, until: 'quote' }).add('a"')).toBe('wrong');
  expect(new CountedString(new StringAdditions(tokens), { least: 0, most: 1, until: 'quote' }).add('ab')).toBe('wrong');
});

test('a length to the end of the text counts quotes too, and holds what ends it back', () => {
  const withStop = [...tokens, ''];
  const stop = tokens.length;
  const string = new CountedString(new StringAdditions(withStop), { least: 2, most: 3, until: 'end' });
  const isAllowed = (token: number): boolean => {
    const mask = new Int32Array(1).fill(-1);
    string.limit(mask, [stop]);
    return (((mask[0] ?? 0) >>> token) & 1) === 1;
  };
  expect(isAllowed(stop)).toBe(false);
  expect(string.add('a"')).toBe('on');
  expect(isAllowed(stop)).toBe(true);
  expect(isAllowed(tokens.indexOf('"'))).toBe(true);
  expect(isAllowed(tokens.indexOf('a"'))).toBe(false);
  expect(string.add('ab')).toBe('wrong');
});
