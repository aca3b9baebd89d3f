import { expect, test } from 'vitest';
import { HealthProbe } from '../../../src/pool/health-probe.ts';
import { FakeClock } from '../../support/fake-clock.ts';

/** A question whose answer the test gives. */
function question() {
  let settle: { readonly resolve: (answer: boolean) => void; readonly reject: (error: Error) => void } | undefined;
  let times = 0;
  const ask = (): Promise<boolean> => {
    times += 1;
    return new Promise((resolve, reject) => {
      settle = { resolve, reject };
    });
  };
  return { ask, answer: (healthy: boolean) => settle?.resolve(healthy), fail: () => settle?.reject(new Error('ill')), times: () => times };
}

test('an answer in time is told, and a rejection is unhealthy', async () => {
  const { ask, answer, fail } = question();
  const probe = new HealthProbe(new FakeClock());
  const first = probe.isHealthy(ask);
  answer(false);
  expect(await first).toBe(false);
  const second = probe.isHealthy(ask);
  fail();
  expect(await second).toBe(false);
});

test('until a busy thread answers, its last word holds, and it is asked once', async () => {
  const clock = new FakeClock();
  const { ask, answer, times } = question();
  const probe = new HealthProbe(clock);
  const first = probe.isHealthy(ask);
  clock.advance(500);
  expect(await first).toBe(true);
  const second = probe.isHealthy(ask);
  answer(false);
  expect(await second).toBe(false);
  expect(times()).toBe(1);
  const third = probe.isHealthy(ask);
  clock.advance(500);
  expect(await third).toBe(false);
  expect(times()).toBe(2);
});
