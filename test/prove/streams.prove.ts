// A stream's text, log probabilities and usage are those of the same request in one piece: 200 seeded requests to the real model.

import { expect, test } from 'vitest';
import { compareStreams } from '../support/streams/run.ts';
import { figure, numberFrom, rounds } from './figures.ts';

const requests = numberFrom('HEDDLE_CASES', rounds(200, 20));
const seed = numberFrom('HEDDLE_SEED', 20_260_701);

test('the text, the log probabilities and the usage of a stream are those of the reply in one piece', async () => {
  figure('streams', `${requests} requests, HEDDLE_SEED=${seed}`);
  const started = performance.now();
  const paths = new Map<string, number>();
  const fields = new Map<string, number>();
  const raise = (counts: Map<string, number>, key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1);
  let [texts, equal] = [0, 0];
  const onEqual: Parameters<typeof compareStreams>[0]['onEqual'] = ({ path, body }, { choices }) => {
    equal += 1;
    texts += choices.length;
    raise(paths, path);
    for (const field of Object.keys(body)) raise(fields, field);
    if (equal % 20 === 0) figure('streams', `${equal} equal after ${((performance.now() - started) / 1_000).toFixed(0)} s`);
  };
  await compareStreams({ requests, seed, onEqual });
  figure('equal', `${equal} of ${requests} requests, ${texts} texts`);
  for (const [path, count] of paths) figure(path, String(count));
  figure('fields', [...fields].map(([field, count]) => `${field} ${count}`).join(', '));
  expect(equal).toBe(requests);
});
