import { expect, test } from 'vitest';
import { watchServer } from '../../../../src/bench/figures/server-process.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { until } from '../../../support/until.ts';
import { FakeProc } from './fake-proc.ts';

/** A server that has used as many ticks as the clock has ms. */
function rig() {
  const clock = new FakeClock();
  const proc = new FakeProc();
  const setTo = (ticks: number, began = 7) => proc.processes.set(10, { ticks: [ticks, 0, 0, 0], rssKib: 1_024, began });
  setTo(0);
  clock.advance(5_000);
  return { clock, proc, setTo, options: { pid: 10, clock, proc, originMs: 4_000, platform: 'linux' as const } };
}

test('a sample is taken at once, at every interval and at the end, in the time of the records', async () => {
  const { clock, setTo, options } = rig();
  const watch = await watchServer(options);
  for (const [count, ticks] of [
    [2, 100],
    [3, 250],
  ] as const) {
    setTo(ticks);
    clock.advance(500);
    await until(() => watch.samples.length === count);
    // The timer for the next one is set after the sample is there.
    await new Promise((resolve) => setImmediate(resolve));
  }
  setTo(300);
  clock.advance(20);
  await watch.close();
  expect(watch.samples).toEqual([
    { atMs: 1_000, rssMib: 1, cpuS: 0 },
    { atMs: 1_500, rssMib: 1, cpuS: 1 },
    { atMs: 2_000, rssMib: 1, cpuS: 2.5 },
    { atMs: 2_020, rssMib: 1, cpuS: 3 },
  ]);
  expect(watch.note).toBeUndefined();
});

test('after the end nothing is read any more, however often it is closed', async () => {
  const { clock, proc, options } = rig();
  const watch = await watchServer(options);
  await Promise.all([watch.close(), watch.close()]);
  const { reads } = proc;
  await watch.close();
  clock.advance(10_000);
  await new Promise((resolve) => setImmediate(resolve));
  expect(watch.samples).toHaveLength(2);
  expect(proc.reads).toBe(reads);
});

test('closing waits for a sample that is being taken', async () => {
  const { clock, options } = rig();
  const watch = await watchServer(options);
  clock.advance(500);
  await watch.close();
  expect(watch.samples.map(({ atMs }) => atMs)).toEqual([1_000, 1_500, 1_500]);
});

test('the last sample does not begin while another is being taken', async () => {
  const { clock, proc, options } = rig();
  const watch = await watchServer(options);
  const release = proc.hold();
  clock.advance(500);
  const { reads } = proc;
  const closed = watch.close();
  await new Promise((resolve) => setImmediate(resolve));
  expect(proc.reads).toBe(reads);
  release();
  await closed;
  expect(watch.samples).toHaveLength(3);
});

test('time that was used stays used when a child has ended and was not waited for', async () => {
  const { setTo, options } = rig();
  setTo(500);
  const watch = await watchServer(options);
  setTo(400);
  await watch.close();
  expect(watch.samples.map(({ cpuS }) => cpuS)).toEqual([5, 5]);
});

test('a process that is not there has no samples and a note', async () => {
  const { options } = rig();
  const watch = await watchServer({ ...options, pid: 11 });
  expect(watch.note).toBe('no process with the id 11 could be read on this machine');
  await watch.close();
  expect(watch.samples).toEqual([]);
});

test('another system has a note and reads nothing', async () => {
  const { proc, options } = rig();
  const watch = await watchServer({ ...options, platform: 'darwin' });
  await watch.close();
  expect(watch.note).toContain('known on Linux alone, not on darwin');
  expect(proc.reads).toBe(0);
});

test('a server that ends is noted, and a process that gets its id later is not taken for it', async () => {
  const { clock, setTo, options } = rig();
  const watch = await watchServer(options);
  setTo(9_000, 8);
  clock.advance(500);
  await until(() => watch.note !== undefined);
  expect(watch.note).toBe('the process 10 of the server ended during the run');
  await watch.close();
  expect(watch.samples).toHaveLength(1);
});
