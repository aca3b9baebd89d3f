import { expect, test } from 'vitest';
import { threadPlan } from '../../../src/runtime/thread-plan.ts';

test('a single replica gets every core', () => {
  expect(threadPlan({ replicas: 1, threads: 'auto' }, 4)).toEqual({ replicas: 1, threads: 4 });
});

test('replicas share the cores, and each keeps one thread', () => {
  expect(threadPlan({ replicas: 3, threads: 'auto' }, 8)).toEqual({ replicas: 3, threads: 2 });
  expect(threadPlan({ replicas: 3, threads: 'auto' }, 2)).toEqual({ replicas: 3, threads: 1 });
});

test('automatic replicas are one per core, with one thread each', () => {
  expect(threadPlan({ replicas: 'auto', threads: 'auto' }, 4)).toEqual({ replicas: 4, threads: 1 });
});

test('numbers given are kept', () => {
  expect(threadPlan({ replicas: 5, threads: 7 }, 2)).toEqual({ replicas: 5, threads: 7 });
});
