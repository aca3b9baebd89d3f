import { expect, test } from 'vitest';
import { systemProc } from '../../../../src/bench/figures/proc-files.ts';
import { readProcessTree } from '../../../../src/bench/figures/process-tree.ts';
import { FakeProc } from './fake-proc.ts';

test('memory and CPU time are those of the process and all that it started, from any thread', async () => {
  const proc = new FakeProc();
  proc.processes.set(10, { ticks: [100, 20, 3, 2], rssKib: 2_048, children: { 10: [11], 15: [12, 13] }, began: 42 });
  proc.processes.set(11, { ticks: [10, 0, 0, 0], rssKib: 1_024 });
  proc.processes.set(12, { ticks: [5, 5, 0, 0], rssKib: 1_024, children: { 12: [14] } });
  proc.processes.set(13, { ticks: [0, 0, 0, 0], rssKib: 512 });
  proc.processes.set(14, { ticks: [0, 7, 0, 0], rssKib: 512 });
  proc.processes.set(99, { ticks: [9_000, 0, 0, 0], rssKib: 999_999 });
  expect(await readProcessTree(proc, 10)).toEqual({ rssMib: 5, cpuS: 1.52, began: 42 });
});

test('a name with spaces and brackets moves no field', async () => {
  const proc = new FakeProc();
  proc.processes.set(10, { name: 'my (odd) server) 1 2', ticks: [100, 0, 0, 0], rssKib: 1_024 });
  expect(await readProcessTree(proc, 10)).toMatchObject({ cpuS: 1, rssMib: 1 });
});

test('a child that ended meanwhile and one without memory count for nothing', async () => {
  const proc = new FakeProc();
  proc.processes.set(10, { ticks: [100, 0, 0, 0], rssKib: 1_024, children: { 10: [11, 12] } });
  proc.processes.set(12, {});
  expect(await readProcessTree(proc, 10)).toMatchObject({ cpuS: 1, rssMib: 1 });
});

test('a process that is not there is undefined', async () => {
  expect(await readProcessTree(new FakeProc(), 10)).toBeUndefined();
});

test('processes that name each other as children end, and thousands are cut off', async () => {
  const proc = new FakeProc();
  proc.processes.set(10, { rssKib: 1_024, children: { 10: [11] } });
  proc.processes.set(11, { rssKib: 1_024, children: { 11: [10] } });
  expect(await readProcessTree(proc, 10)).toMatchObject({ rssMib: 2 });
  const many = Array.from({ length: 5_000 }, (_, index) => 100 + index);
  proc.processes.set(10, { rssKib: 1_024, children: { 10: many } });
  for (const pid of many) proc.processes.set(pid, { rssKib: 1_024 });
  expect(await readProcessTree(proc, 10)).toMatchObject({ rssMib: 256 });
});

test.skipIf(process.platform !== 'linux')('this very process has the memory and CPU time that it sees itself', async () => {
  const { user, system } = process.cpuUsage();
  const tree = await readProcessTree(systemProc, process.pid);
  // It had used this much before, less what is rounded off to ticks of 10 ms in four counts.
  expect(tree?.cpuS).toBeGreaterThanOrEqual((user + system) / 1e6 - 0.04);
  // Both ask the kernel, at moments between which memory may grow or shrink: the order of magnitude is what could be wrong.
  const ownMib = process.memoryUsage.rss() / 2 ** 20;
  expect(tree?.rssMib).toBeGreaterThan(ownMib / 2);
  expect(tree?.rssMib).toBeLessThan(ownMib * 2);
});
