import { expect, test } from 'vitest';
import { ResponseStore, type StoredResponse } from '../../../src/runtime/response-store.ts';
import { FakeClock } from '../../support/fake-clock.ts';

function stored(id: string, bytes = 10): StoredResponse {
  return { id, response: Buffer.alloc(bytes - 4), input: Buffer.alloc(4) };
}

test('more than the count evicts the oldest', () => {
  const store = new ResponseStore(new FakeClock(), { count: 2 });
  for (const id of ['a', 'b', 'c']) expect(store.keep('', stored(id))).toBe(true);
  expect(['a', 'b', 'c'].map((id) => store.get('', id)?.id)).toEqual([undefined, 'b', 'c']);
  expect(store.count).toBe(2);
});

test('more than the bytes evicts the oldest, and what is larger than all of them is not kept', () => {
  const store = new ResponseStore(new FakeClock(), { bytes: 25 });
  for (const id of ['a', 'b', 'c']) store.keep('', stored(id));
  expect([store.count, store.bytes]).toEqual([2, 20]);
  expect(store.keep('', stored('d', 26))).toBe(false);
  expect([store.count, store.bytes]).toEqual([2, 20]);
});

test('a response expires at its age', () => {
  const clock = new FakeClock();
  const store = new ResponseStore(clock, { ageMs: 1_000 });
  store.keep('', stored('a'));
  clock.advance(600);
  store.keep('', stored('b'));
  clock.advance(399);
  expect(store.get('', 'a')?.id).toBe('a');
  clock.advance(1);
  expect(store.get('', 'a')).toBeUndefined();
  expect([store.count, store.bytes, store.get('', 'b')?.id]).toEqual([1, 10, 'b']);
});

test('one key neither reads nor deletes what another keeps', () => {
  const store = new ResponseStore(new FakeClock());
  store.keep('alice', stored('a'));
  expect(store.get('bob', 'a')).toBeUndefined();
  expect(store.get('', 'alice\na')).toBeUndefined();
  expect(store.delete('bob', 'a')).toBe(false);
  expect(store.delete('alice', 'a')).toBe(true);
  expect(store.delete('alice', 'a')).toBe(false);
  expect(store.bytes).toBe(0);
});

test('the same id again replaces what it had', () => {
  const store = new ResponseStore(new FakeClock());
  store.keep('', stored('a', 10));
  store.keep('', stored('a', 20));
  expect([store.count, store.bytes]).toEqual([1, 20]);
});
