// Memory and CPU time of a process and all that it started: a server may leave its work to children.

import { fieldNumber, type ProcFiles, statFields } from './proc-files.ts';

export interface ProcessTree {
  readonly rssMib: number;
  readonly cpuS: number;
  /** When the root began, in ticks since the machine did: with the pid it tells one process from a later one. */
  readonly began: number;
}

// A tick of /proc is 10 ms on every architecture that Node runs on, whatever the kernel's own is (USER_HZ).
const ticksPerS = 100;
// More is a server that starts one process a request, whose sum says nothing; and it bounds the time of a sample.
const mostProcesses = 256;

/**
 * Sums over the process and its descendants. Pages that they share count once for each. The time of children that ended and were waited
 * for is in that of their parents. Undefined where the process is not there.
 */
export async function readProcessTree(proc: ProcFiles, pid: number): Promise<ProcessTree | undefined> {
  let began: number | undefined;
  let rssMib = 0;
  let ticks = 0;
  const known = new Set([pid]);
  // Parents before children: of a child that ends meanwhile the time is missed for one sample and not counted twice.
  for (const next of known) {
    const fields = await statFields(proc, next);
    if (fields === undefined) continue;
    if (next === pid) began = fieldNumber(fields, 22);
    // utime, stime, and both again of children that were waited for.
    for (const number of [14, 15, 16, 17]) ticks += fieldNumber(fields, number);
    rssMib += await residentMib(proc, next);
    for (const child of await childrenOf(proc, next)) if (known.size < mostProcesses) known.add(child);
  }
  return began === undefined ? undefined : { rssMib, cpuS: ticks / ticksPerS, began };
}

/** From `status` and not `stat`, which counts in pages: their size differs and Node does not tell it. */
async function residentMib(proc: ProcFiles, pid: number): Promise<number> {
  const kib = /^VmRSS:\s*(\d+) kB$/m.exec((await proc.read(`/proc/${pid}/status`)) ?? '')?.[1];
  // A process that has ended and was not waited for yet has no memory.
  return kib === undefined ? 0 : Number(kib) / 1_024;
}

/** A child belongs to the thread that started it, so all threads are asked. */
async function childrenOf(proc: ProcFiles, pid: number): Promise<number[]> {
  const children: number[] = [];
  for (const thread of await proc.list(`/proc/${pid}/task`)) {
    const text = (await proc.read(`/proc/${pid}/task/${thread}/children`)) ?? '';
    for (const child of text.split(' ')) if (child.trim() !== '') children.push(Number(child));
  }
  return children;
}
