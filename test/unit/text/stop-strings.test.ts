// Stop strings never leave, not even in part, however the text is cut into pieces.

import { expect, test } from 'vitest';
import { StopStrings } from '../../../workers/text/stop-strings.ts';

function run(
  pieces: readonly string[],
  stops: readonly string[],
): { readonly out: readonly string[]; readonly matched: string | undefined } {
  const watcher = new StopStrings(stops);
  const out: string[] = [];
  for (const piece of pieces) {
    const { text, matched } = watcher.push(piece);
    out.push(text);
    if (matched !== undefined) return { out, matched };
  }
  return { out: [...out, watcher.flush()], matched: undefined };
}

test('text without stop strings passes at once', () => {
  expect(run(['a', 'b'], []).out).toEqual(['a', 'b', '']);
});

test('a stop string over several pieces is held back and removed', () => {
  expect(run(['one E', 'N', 'D two'], ['END'])).toEqual({ out: ['one ', '', ''], matched: 'END' });
});

test('what was held back comes out when the match fails', () => {
  expect(run(['x EN', 'Q'], ['END']).out).toEqual(['x ', 'ENQ', '']);
});

test('what was held back comes out at the end of the text', () => {
  expect(run(['x EN'], ['END']).out).toEqual(['x ', 'EN']);
});

test('the earliest of several stop strings ends the text', () => {
  expect(run(['abcd'], ['d', 'bc'])).toEqual({ out: ['a'], matched: 'bc' });
});

test('a stop string that overlaps itself is found', () => {
  expect(run(['aa', 'a', 'b!'], ['aab'])).toEqual({ out: ['', 'a', ''], matched: 'aab' });
});
