import { expect, test } from 'vitest';
import { coresWithin, memoryWithin } from '../../../src/runtime/machine-share.ts';

const files = (content: Readonly<Record<string, string>>) => (path: string) => content[path];

test('without cgroups all cores are used', () => {
  expect(coresWithin(8, files({}))).toBe(8);
});

test('a quota of the second version counts, inside a container', () => {
  expect(coresWithin(8, files({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': '200000 100000\n' }))).toBe(2);
});

test('a quota of the first version counts, though the container is told its path on the host', () => {
  const read = files({
    '/proc/self/cgroup': '3:cpuset:/pod/box\n2:cpu,cpuacct:/pod/box\n0::/pod/box\n',
    '/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us': '300000\n',
    '/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us': '100000\n',
  });
  expect(coresWithin(8, read)).toBe(3);
});

test('a controller mounted by its own name is found', () => {
  const read = files({
    '/proc/self/cgroup': '1:cpu:/\n',
    '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '100000\n',
    '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
  });
  expect(coresWithin(8, read)).toBe(1);
});

test('the smallest quota on the way up binds', () => {
  const read = files({
    '/proc/self/cgroup': '0::/system.slice/heddle.service\n',
    '/sys/fs/cgroup/cpu.max': 'max 100000\n',
    '/sys/fs/cgroup/system.slice/cpu.max': '200000 100000\n',
    '/sys/fs/cgroup/system.slice/heddle.service/cpu.max': '400000 100000\n',
  });
  expect(coresWithin(8, read)).toBe(2);
});

test('a part of a core is no core, but one is always left', () => {
  const quota = (text: string) => files({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': text });
  expect(coresWithin(8, quota('250000 100000\n'))).toBe(2);
  expect(coresWithin(8, quota('50000 100000\n'))).toBe(1);
});

test('a quota above the cores changes nothing', () => {
  expect(coresWithin(2, files({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': '800000 100000\n' }))).toBe(2);
});

test('no quota and unreadable numbers change nothing', () => {
  const second = (text: string) => files({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': text });
  for (const text of ['max 100000\n', '', 'x y\n', '100000 0\n']) expect(coresWithin(4, second(text))).toBe(4);
  const first = files({
    '/proc/self/cgroup': '1:cpu:/\n',
    '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n',
    '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
  });
  expect(coresWithin(4, first)).toBe(4);
});

test('a group outside of what the container sees leaves its root', () => {
  const read = files({ '/proc/self/cgroup': '0::/../other\n', '/sys/fs/cgroup/cpu.max': '100000 100000\n' });
  expect(coresWithin(4, read)).toBe(1);
});

test('the memory limit counts where there is one', () => {
  expect(memoryWithin(16, 4)).toBe(4);
  expect(memoryWithin(16, 0)).toBe(16);
  expect(memoryWithin(16, 18_446_744_073_709_552_000)).toBe(16);
});
