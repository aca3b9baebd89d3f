// A row of the table of what breaks clients, as a test: the reply as it is passes, the changed one does what the row says.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Mutation, through, unchanged } from './mutating-proxy.ts';
import type { Ask, Outcome } from './outcome.ts';

/** `same` as unchanged, a rejection that matches, or an outcome that differs in these members. */
export type Expected = 'same' | RegExp | Partial<Outcome>;

export interface Row {
  readonly change: string;
  readonly mutation: Mutation;
  /** By the name of the client. */
  readonly makes: Readonly<Record<string, Expected>>;
}

/** Registers a test for each client of each row. */
export function rows(family: string, clients: Readonly<Record<string, Ask>>, list: readonly Row[]): void {
  const references = new Map<string, Promise<Outcome>>();
  for (const { change, mutation, makes } of list) {
    for (const [client, expected] of Object.entries(makes)) {
      const ask = clients[client];
      assert.ok(ask !== undefined, `expected one of the clients, got ${client}`);
      const says = expected === 'same' ? 'does not matter to' : expected instanceof RegExp ? 'fails' : 'misleads';
      test(`${family}, ${change}: ${says} ${client}`, { timeout: 60_000 }, async () => {
        const reference = references.get(client) ?? through(unchanged, ask);
        references.set(client, reference);
        const right = await reference;
        assert.match(right.text, /Paris/);
        const call = through(mutation, ask);
        if (expected instanceof RegExp) await assert.rejects(call, expected);
        else assert.deepEqual(await call, expected === 'same' ? right : { ...right, ...expected });
      });
    }
  }
}
