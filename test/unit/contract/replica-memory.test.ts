import { expect, test } from 'vitest';
import { ReplicaMemory } from '../../../src/contract/replica-memory.ts';

test('a cancel flag is seen through the shared buffer, and the first reason wins', () => {
  const main = new ReplicaMemory({ slots: 2 });
  const thread = new ReplicaMemory(main.buffer);
  expect(thread.cancelled(1)).toBeUndefined();
  main.cancel(1, 'disconnect');
  main.cancel(1, 'deadline');
  expect(thread.cancelled(1)).toBe('disconnect');
  expect(thread.cancelled(0)).toBeUndefined();
  main.clear(1);
  expect(thread.cancelled(1)).toBeUndefined();
});

test('a thread inside native code may not end, and once ending starts none anew', () => {
  const main = new ReplicaMemory({ slots: 1 });
  const thread = new ReplicaMemory(main.buffer);
  expect(thread.enterNative()).toBe(true);
  expect(main.mayEnd()).toBe(false);
  expect(thread.enterNative()).toBe(false);
  thread.leaveNative();
  expect(main.mayEnd()).toBe(true);
});
