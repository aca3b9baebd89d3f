// A stream tells what the same request is told in one piece: a handful of what `npm run prove -- streams` compares.

import { expect, test } from 'vitest';
import { compareStreams } from '../support/streams/run.ts';

/** Chosen so that each of the four routes is among the requests. */
const seed = 3;

test('the text, the log probabilities and the usage of a stream are those of the reply in one piece', async () => {
  const paths = new Set<string>();
  await compareStreams({ requests: 8, seed, onEqual: ({ path }) => paths.add(path) });
  expect(paths.size).toBe(4);
}, 120_000);
