// What of the machine this process may use. Containers and services are given less than the machine has, by cgroups.

import { readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path/posix';

/** A share of the machine. */
export interface MachineShare {
  /** Threads that run at once without being throttled, at least 1. */
  readonly cores: number;
  readonly memoryMib: number;
}

/** The share of this very process. */
export function machineShare(): MachineShare {
  return {
    cores: coresWithin(availableParallelism(), readIfThere),
    memoryMib: Math.floor(memoryWithin(totalmem(), process.constrainedMemory()) / 2 ** 20),
  };
}

/** Text of a file, undefined where it cannot be read. */
export type ReadText = (path: string) => string | undefined;

/**
 * The whole cores that the processor quota leaves of `cores`, at least 1. Node counts a quota on some versions and hosts only:
 * not on 20, nor under cgroup v1 where the container sees its own group as the root.
 * Rounded down: a thread above the quota makes all of them wait for the next period.
 */
export function coresWithin(cores: number, read: ReadText): number {
  const quotas = quotaFolders(read('/proc/self/cgroup') ?? '').flatMap((folder) => quotaOf(folder, read) ?? []);
  return Math.max(1, Math.floor(Math.min(cores, ...quotas)));
}

/**
 * The smaller of the machine's memory and the limit of the process. `constrained` is what Node reports: 0 for unknown, a
 * number beyond any machine for none. Units: bytes.
 */
export function memoryWithin(total: number, constrained: number): number {
  return constrained > 0 ? Math.min(total, constrained) : total;
}

/** Where quotas may stand: the group of this process and every one above it, since each of them binds. */
function quotaFolders(memberships: string): readonly string[] {
  return memberships.split('\n').flatMap((line) => {
    // hierarchy:controllers:path; the second version has the hierarchy 0 and names no controllers.
    const [hierarchy, controllers = '', ...rest] = line.split(':');
    const groups = ancestors(rest.join(':'));
    if (hierarchy === '0') return groups.flatMap((group) => [join('/sys/fs/cgroup', group), join('/sys/fs/cgroup/unified', group)]);
    if (!controllers.split(',').includes('cpu')) return [];
    return groups.flatMap((group) => [join('/sys/fs/cgroup', controllers, group), join('/sys/fs/cgroup/cpu', group)]);
  });
}

/** A group's path and all above it. Inside a container most do not exist, and the root is the container's own group. */
function ancestors(path: string): readonly string[] {
  // A path that climbs lies outside what this container sees.
  const names = path.split('/').filter((name) => name !== '');
  if (names.includes('..')) return ['/'];
  return ['/', ...names.map((_, index) => `/${names.slice(0, index + 1).join('/')}`)];
}

/** Quota of one group in cores, undefined for none. Source: cgroup v2 `cpu.max`; v1 `cpu.cfs_quota_us` and its period. */
function quotaOf(folder: string, read: ReadText): number | undefined {
  const [quota, period] = read(join(folder, 'cpu.max'))?.trim().split(/\s+/) ?? [
    read(join(folder, 'cpu.cfs_quota_us')),
    read(join(folder, 'cpu.cfs_period_us')),
  ];
  // 'max' and -1 mean no quota; Number makes them NaN and negative.
  const cores = Number(quota) / Number(period);
  return cores > 0 && Number.isFinite(cores) ? cores : undefined;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
