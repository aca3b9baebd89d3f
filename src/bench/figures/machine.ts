// The machine that a run was measured on, as its report shows it: figures without it compare with nothing.

import { readFileSync } from 'node:fs';
import { cpus, release, type } from 'node:os';
import type { RunSummary } from '../run-summary.ts';

export interface MachineFacts {
  /** Of this package. */
  readonly version: string;
  /** What this process may use, which in a container is less than there is. */
  readonly cores: number;
  readonly memoryMib: number;
  readonly now: Date;
  /** Text of /proc/cpuinfo; empty where there is none. */
  readonly cpuInfo?: string;
}

// What kernels of inference are chosen by, on x86 and on ARM.
const flagsOfInterest = [
  'avx',
  'avx2',
  'fma',
  'f16c',
  'avx_vnni',
  'avx512f',
  'avx512bw',
  'avx512vl',
  'avx512_vnni',
  'avx512_bf16',
  'avx512_fp16',
  'amx_tile',
  'amx_int8',
  'amx_bf16',
  'asimd',
  'asimddp',
  'fphp',
  'asimdhp',
  'i8mm',
  'bf16',
  'sve',
  'sve2',
];

export function machineBlock(facts: MachineFacts): RunSummary['machine'] {
  const flags = cpuFlags(facts.cpuInfo ?? systemCpuInfo());
  return {
    // Some virtual machines tell no model.
    cpu: cpus()[0]?.model.trim() || 'unknown',
    architecture: process.arch,
    ...(flags === undefined ? {} : { cpu_flags: flags }),
    cores: facts.cores,
    memory_mib: facts.memoryMib,
    os: `${type()} ${release()}`,
    node: process.version,
    heddle: facts.version,
    time: facts.now.toISOString(),
  };
}

/** Those that matter of what the first core has, separated by spaces. Undefined where the system tells none. */
export function cpuFlags(cpuInfo: string): string | undefined {
  const line = /^(?:flags|Features)\s*:(.*)$/m.exec(cpuInfo)?.[1];
  if (line === undefined) return undefined;
  const flags = new Set(line.trim().split(/\s+/));
  return flagsOfInterest.filter((flag) => flags.has(flag)).join(' ') || 'none of interest';
}

function systemCpuInfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}
