import { expect, test } from 'vitest';
import { Deadlines } from '../../../../src/bench/load/deadlines.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

function deadlinesOf(limitMs: number) {
  const clock = new FakeClock();
  const expired: string[] = [];
  const deadlines = new Deadlines(clock, limitMs);
  const add = (name: string) => {
    const limited = { intendedMs: clock.now(), expire: () => void expired.push(`${name} at ${clock.now()}`) };
    deadlines.add(limited);
    return limited;
  };
  return { clock, expired, deadlines, add };
}

test('each expires at its own limit, counted from its intended start', () => {
  const { clock, expired, add } = deadlinesOf(100);
  add('first');
  clock.advance(30);
  add('second');
  clock.advance(200);
  expect(expired).toEqual(['first at 100', 'second at 130']);
});

test('one that has ended does not expire, and those after it still do', () => {
  const { clock, expired, deadlines, add } = deadlinesOf(100);
  const first = add('first');
  clock.advance(30);
  add('second');
  deadlines.delete(first);
  expect(deadlines.running.size).toBe(1);
  clock.advance(200);
  expect(expired).toEqual(['second at 130']);
});

test('what is added while others expire has its limit too', () => {
  const { clock, expired, deadlines, add } = deadlinesOf(100);
  deadlines.add({ intendedMs: 0, expire: () => add('next') });
  clock.advance(300);
  expect(expired).toEqual(['next at 200']);
});

test('nothing expires after close', () => {
  const { clock, expired, deadlines, add } = deadlinesOf(100);
  add('first');
  deadlines.close();
  clock.advance(300);
  expect(expired).toEqual([]);
});
