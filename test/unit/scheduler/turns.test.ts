import { expect, test } from 'vitest';
import { type Ranked, Turns } from '../../../src/scheduler/turns.ts';

interface Named extends Ranked {
  readonly name: string;
}

function waiting(...names: readonly string[]) {
  const turns = new Turns<Named>();
  const entries = new Map(names.map((name) => [name, { name, key: name.charAt(0), priority: 0 }]));
  for (const entry of entries.values()) turns.add(entry);
  const drop = (name: string): void => {
    const entry = entries.get(name);
    if (entry === undefined) throw new Error(`expected an entry ${name}`);
    turns.remove(entry);
  };
  const serveAll = (): string[] => {
    const order: string[] = [];
    for (let entry = turns.first(); entry !== undefined; entry = turns.first()) {
      order.push(entry.name);
      turns.serve(entry);
    }
    return order;
  };
  return { turns, drop, serveAll };
}

test('keys take turns as they are served', () => {
  const { turns, serveAll } = waiting('a1', 'a2', 'a3', 'b1', 'c1');
  expect(serveAll()).toEqual(['a1', 'b1', 'c1', 'a2', 'a3']);
  expect(turns.size).toBe(0);
});

test('a key keeps its turn when a later entry of it is removed', () => {
  const { drop, serveAll } = waiting('a1', 'a2', 'b1');
  drop('a2');
  expect(serveAll()).toEqual(['a1', 'b1']);
});

test('a key keeps its turn when its first entry is removed', () => {
  const { drop, serveAll } = waiting('a1', 'a2', 'b1');
  drop('a1');
  expect(serveAll()).toEqual(['a2', 'b1']);
});

test('a key whose last entry is removed has no turn', () => {
  const { turns, drop, serveAll } = waiting('a1', 'b1', 'b2');
  drop('a1');
  drop('a1');
  expect(turns.size).toBe(2);
  expect(serveAll()).toEqual(['b1', 'b2']);
});

test('a new entry counts what goes before it: higher priority, then a round of the keys per entry of its own', () => {
  const { turns } = waiting('a1', 'a2', 'a3', 'b1');
  turns.add({ name: 'urgent', key: 'a', priority: 5 });
  expect(turns.ahead({ key: 'c', priority: 9 })).toBe(0);
  expect(turns.ahead({ key: 'a', priority: 5 })).toBe(1);
  expect(turns.ahead({ key: 'c', priority: 0 })).toBe(3);
  expect(turns.ahead({ key: 'b', priority: 0 })).toBe(3);
  expect(turns.ahead({ key: 'a', priority: 0 })).toBe(5);
});

test('draining a long queue looks at each entry a few times, whatever waits behind it', () => {
  let looks = 0;
  const entry = (key: string) => ({
    priority: 0,
    get key() {
      looks += 1;
      return key;
    },
  });
  const turns = new Turns<Ranked>();
  for (let index = 0; index < 100_000; index++) turns.add(entry(index % 2 === 0 ? 'common' : `key ${index}`));
  for (let first = turns.first(); first !== undefined; first = turns.first()) turns.serve(first);
  expect(turns.size).toBe(0);
  expect(looks).toBeLessThanOrEqual(4 * 100_000);
});
