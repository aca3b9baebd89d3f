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
