// What a tokenizer tells of its tokens, on one of a few tokens and on the one that ships.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openTokenizer } from '../../../workers/text/tokenizer.ts';
import { dataDir } from './generation.ts';

test('special tokens are no text to what allows texts', async () => {
  const tokenizer = await openTokenizer(dataDir);
  const tokens = tokenizer.byteLevelTokens() ?? [];
  expect(tokens.length).toBe(tokenizer.vocabSize);
  expect(tokens.flatMap((text, id) => (text === '' ? [id] : []))).toEqual(Array.from({ length: 17 }, (_, id) => id));
  expect(tokenizer.addedTokens.every(({ isSpecial }) => isSpecial)).toBe(true);
});

test('added tokens that are text are written byte by byte like the others', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'heddle-'));
  try {
    const added = (id: number, content: string, special: boolean) => ({ id, content, special, normalized: false });
    const definition = {
      model: { type: 'BPE', vocab: { a: 0, Ġ: 1 }, merges: [] },
      decoder: { type: 'ByteLevel' },
      pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false },
      normalizer: null,
      post_processor: null,
      added_tokens: [added(2, '<end>', true), added(3, 'é  ', false), added(4, '<hidden>', false)],
    };
    await writeFile(join(dir, 'tokenizer.json'), JSON.stringify(definition));
    await writeFile(join(dir, 'tokenizer_config.json'), JSON.stringify({ additional_special_tokens: ['<hidden>'] }));
    const tokenizer = await openTokenizer(dir);
    expect(tokenizer.byteLevelTokens()).toEqual(['a', 'Ġ', '', 'Ã©ĠĠ', '']);
    expect(tokenizer.addedTokens).toEqual([
      { text: '<end>', isSpecial: true },
      { text: 'é  ', isSpecial: false },
      { text: '<hidden>', isSpecial: true },
    ]);
  } finally {
    await rm(dir, { recursive: true });
  }
});
