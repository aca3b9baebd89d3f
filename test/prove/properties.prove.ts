// Any body to any POST route, 20,000 of them, or as many as HEDDLE_CASES says: answered, or refused at its fault; never a failure, a warning or a socket left hanging.

import { expect, test } from 'vitest';
import { runProperties } from '../support/properties/run.ts';
import { figure, numberFrom, rounds } from './figures.ts';

const cases = numberFrom('HEDDLE_CASES', rounds(20_000, 2_000));
const seed = numberFrom('HEDDLE_SEED', Date.now() % 2 ** 31);
const steps = 20;

test('any body to any route is answered or refused at its fault, and leaves nothing behind', async () => {
  figure('properties', `${cases} bodies, HEDDLE_SEED=${seed}`);
  const started = performance.now();
  const progress = (sent: number): void => {
    if (sent % Math.ceil(cases / steps) !== 0) return;
    figure('properties', `${sent} bodies after ${((performance.now() - started) / 1_000).toFixed(0)} s`);
  };
  const tally = await runProperties({ cases, seed, progress });
  const byOutcome = new Map<string, number>();
  for (const [key, count] of tally) {
    const outcome = key.split(' ').slice(2).join(' ');
    byOutcome.set(outcome, (byOutcome.get(outcome) ?? 0) + count);
  }
  for (const [outcome, count] of [...byOutcome].sort((a, b) => b[1] - a[1])) figure(outcome, String(count));
  expect([...tally.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(cases);
}, 3_600_000);
