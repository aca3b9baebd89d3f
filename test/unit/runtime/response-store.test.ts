import { expect, test } from 'vitest';
import { EventLog } from '../../../src/runtime/event-log.ts';
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

test('what is held counts and stays, and what is kept leaves for it', () => {
  const store = new ResponseStore(new FakeClock(), { count: 2, bytes: 100 });
  store.keep('', stored('a', 40));
  const hold = store.hold('', 'b', 50);
  hold?.claim();
  expect([store.count, store.bytes, store.isHeld('', 'b'), store.isHeld('alice', 'b')]).toEqual([2, 90, true, false]);
  expect(hold?.grow(10)).toBe(true);
  expect(store.get('', 'a')).toBeDefined();
  expect(hold?.grow(1)).toBe(true);
  expect(store.get('', 'a')).toBeUndefined();
  expect(hold?.grow(40)).toBe(false);
  expect(store.keep('', stored('c', 40))).toBe(false);
  hold?.shrink(1);
  expect(store.keep('', stored('c', 40))).toBe(true);
  expect(store.hold('', 'd', 41)).toBeUndefined();
  hold?.release();
  hold?.release();
  expect([store.count, store.bytes, store.isHeld('', 'b')]).toEqual([1, 40, false]);
});

test('nothing leaves for what is not accepted yet, though it counts among those that run', () => {
  const store = new ResponseStore(new FakeClock(), { count: 1, bytes: 100 });
  store.keep('', stored('a', 60));
  const hold = store.hold('bob', 'b', 60);
  expect([store.get('', 'a')?.id, store.hold('', 'c', 1)]).toEqual(['a', undefined]);
  hold?.claim();
  expect(store.get('', 'a')).toBeUndefined();
});

test('what was released neither grows nor shrinks', () => {
  const store = new ResponseStore(new FakeClock(), { bytes: 100 });
  const hold = store.hold('', 'a', 10);
  hold?.release();
  expect(hold?.grow(20)).toBe(false);
  hold?.shrink(5);
  expect([store.count, store.bytes]).toEqual([0, 0]);
});

test('what a log is still to get is counted when it is kept', () => {
  const store = new ResponseStore(new FakeClock(), { bytes: 1_000 });
  expect(store.keep('', stored('a', 10), 991)).toBe(false);
  expect(store.keep('', stored('a', 10), 990)).toBe(true);
  expect(store.bytes).toBe(1_000);
  store.delete('', 'a');
  expect(store.bytes).toBe(0);
});

test('no more are held than may be kept', () => {
  const store = new ResponseStore(new FakeClock(), { count: 1, bytes: 100 });
  const hold = store.hold('', 'a', 1);
  expect(store.hold('', 'b', 1)).toBeUndefined();
  expect(store.keep('', stored('c'))).toBe(false);
  hold?.release();
  expect(store.keep('', stored('c'))).toBe(true);
  expect([store.couldHold(100), store.couldHold(101)]).toEqual([true, false]);
  expect(new ResponseStore(new FakeClock(), { count: 0 }).couldHold(0)).toBe(false);
});

test('events count for what is kept, and are dropped with it', () => {
  const store = new ResponseStore(new FakeClock(), { bytes: 1_000 });
  const log = new EventLog();
  log.append(new Uint8Array(100));
  log.end('whole');
  store.keep('', { ...stored('a', 10), background: { isStreamed: true, log } });
  expect(store.bytes).toBe(10 + log.bytes);
  store.keep('', stored('b', 1_000));
  expect([store.bytes, log.length, log.ended?.kind]).toEqual([1_000, 0, 'dropped']);
});
