import { expect, test } from 'vitest';
import { endToldBy, finalStatus, isUsable } from '../../../src/runtime/final-status.ts';

test('a response ends completed, incomplete, failed or cancelled, and the first two can be built upon', () => {
  const statuses = ['queued', 'in_progress', 'completed', 'incomplete', 'failed', 'cancelled', null];
  const ends = [undefined, undefined, 'completed', 'incomplete', 'failed', 'cancelled', undefined];
  expect(statuses.map(finalStatus)).toEqual(ends);
  expect(statuses.map((status) => endToldBy(`response.${status}`))).toEqual(ends);
  expect([endToldBy('completed'), endToldBy(undefined)]).toEqual([undefined, undefined]);
  expect(statuses.filter(isUsable)).toEqual(['completed', 'incomplete']);
});
