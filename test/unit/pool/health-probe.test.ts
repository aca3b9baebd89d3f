import { expect, test } from 'vitest';
import { HealthProbe } from '../../../src/pool/health-probe.ts';
import { FakeClock } from '../../support/fake-clock.ts';

/** A question whose answer the test gives. */
function question() {
  let settle: { readonly resolve: (answer: boolean) => void; readonly reject: (error: Error) => void } | undefined;
  let times = 0;
  const isHealthy = (): Promise<boolean> => {
    times += 1;
    return new Promise((resolve, reject) => {
      settle = { resolve, reject };
    });
  };
  const ask = { isHealthy, inFlight: 0 };
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

test('a question that stays open is unhealthy after ten seconds without a call', async () => {
  const clock = new FakeClock();
  const { ask, answer } = question();
  const probe = new HealthProbe(clock);
  const probed = (): Promise<boolean> => {
    const word = probe.isHealthy(ask);
    clock.advance(500);
    return word;
  };
  ask.inFlight = 1;
  expect(await probed()).toBe(true);
  clock.advance(60_000);
  expect(await probed()).toBe(true);
  ask.inFlight = 0;
  clock.advance(9_000);
  expect(await probed()).toBe(true);
  clock.advance(1_000);
  expect(await probed()).toBe(false);
  const again = probe.isHealthy(ask);
  answer(true);
  expect(await again).toBe(true);
});
