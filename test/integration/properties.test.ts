// A sample of what `npm run prove:properties` sends: every body is answered or refused at the right place, and none is too much.

import { expect, test } from 'vitest';
import { methodNames } from '../../src/contract/methods.ts';
import { outcomeOf } from '../support/properties/answers.ts';
import { runProperties } from '../support/properties/run.ts';

/** So that a failure can be had again. Any number finds as much. */
const seed = 20_260_701;

test('any body to any route is answered or refused at its fault, and leaves nothing behind', async () => {
  const tally = await runProperties({ cases: 1_600, seed });
  const answered = [...tally.keys()]
    .filter((outcome) => / valid 200 /.test(outcome))
    .map((outcome) => outcome.split(' ').slice(0, 2).join(' '));
  // Each route of each model: bodies that are never answered would test the refusals alone.
  expect(new Set(answered).size).toBe(16);
}, 120_000);

test.each(methodNames)('on %s no other JSON passes for a reply', (method) => {
  const error = { message: 'a', type: 'server_error', param: null, code: null };
  for (const json of [
    null,
    [],
    4,
    { error },
    { type: 'error', error },
    ...(method === 'predict' ? [] : [{}, { object: 'list', data: [] }]),
  ])
    expect(() => outcomeOf(method, { status: 200, isStream: false, text: JSON.stringify(json) })).toThrow(`expected a reply of ${method}`);
});
