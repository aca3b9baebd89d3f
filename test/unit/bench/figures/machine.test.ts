import { expect, test } from 'vitest';
import { cpuFlags, machineBlock } from '../../../../src/bench/figures/machine.ts';

test('the machine is described by what figures depend on', () => {
  const cpuInfo = 'processor\t: 0\nflags\t\t: fpu avx2 sse avx512f avx512_vnni\nprocessor\t: 1\nflags\t\t: none\n';
  const block = machineBlock({ version: '0.1.0', cores: 2, memoryMib: 4_096, now: new Date('2026-11-24T12:00:00Z'), cpuInfo });
  expect(block).toEqual({
    cpu: expect.stringMatching(/./),
    architecture: process.arch,
    cpu_flags: 'avx2 avx512f avx512_vnni',
    cores: 2,
    memory_mib: 4_096,
    os: expect.stringMatching(/^\w+ \S+$/),
    node: process.version,
    heddle: '0.1.0',
    time: '2026-11-24T12:00:00.000Z',
  });
});

test('ARM calls its flags features', () => {
  expect(cpuFlags('Features\t: fp asimd asimddp sve\n')).toBe('asimd asimddp sve');
});

test('a flag is matched whole, and none of interest is told apart from none known', () => {
  expect(cpuFlags('flags : avx512f_extra fpu\n')).toBe('none of interest');
  expect(cpuFlags('')).toBeUndefined();
  expect(machineBlock({ version: '0.1.0', cores: 1, memoryMib: 1, now: new Date(0), cpuInfo: '' })).not.toHaveProperty('cpu_flags');
});
