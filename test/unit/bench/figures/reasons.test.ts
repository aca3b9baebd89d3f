import { expect, test } from 'vitest';
import { groupedReasons } from '../../../../src/bench/figures/reasons.ts';
import { summariseStep } from '../../../../src/bench/figures/summarise.ts';
import { aRecord, aStep } from './a-record.ts';

test('reasons are grouped by outcome and words, the most frequent first', () => {
  const { reasons, more } = groupedReasons([
    aRecord(),
    aRecord({ outcome: 'timeout', reason: 'no end within 100 ms' }),
    aRecord({ outcome: 'rejected', reason: 'queue_full', status: 429 }),
    aRecord({ outcome: 'rejected', reason: 'queue_full', status: 429 }),
    aRecord({ outcome: 'wrong_answer', reason: 'queue_full' }),
  ]);
  expect(reasons).toEqual([
    { outcome: 'rejected', reason: 'queue_full', count: 2 },
    { outcome: 'timeout', reason: 'no end within 100 ms', count: 1 },
    { outcome: 'wrong_answer', reason: 'queue_full', count: 1 },
  ]);
  expect(more).toBe(0);
});

test('a failure without a reason is told by its status, or as untold', () => {
  const { status: _, ...withoutStatus } = aRecord({ outcome: 'truncated' });
  const { reasons } = groupedReasons([aRecord({ outcome: 'rejected', status: 503 }), withoutStatus]);
  expect(reasons.map(({ reason }) => reason)).toEqual(['status 503', 'no reason was told']);
});

test('clients that left as they were to are no failure, others that were cancelled are', () => {
  const { reasons } = groupedReasons([
    aRecord({ outcome: 'cancelled', leave: 'mid_stream', reason: 'mid_stream' }),
    aRecord({ outcome: 'cancelled', reason: 'the run was stopped' }),
  ]);
  expect(reasons).toEqual([{ outcome: 'cancelled', reason: 'the run was stopped', count: 1 }]);
});

test('of many kinds twenty are listed and the rest is counted', () => {
  const records = Array.from({ length: 50 }, (_, index) => aRecord({ outcome: 'rejected', reason: `call ${index}` }));
  const { reasons, more } = groupedReasons([...records, aRecord({ outcome: 'rejected', reason: 'call 49' })]);
  expect(reasons).toHaveLength(20);
  expect(reasons[0]).toEqual({ outcome: 'rejected', reason: 'call 49', count: 2 });
  expect(more).toBe(30);
  expect(summariseStep(aStep(records)).notes).toContain('reasons: and 30 more kinds');
});
