// How busy a client thread is itself: a client at its limit measures itself, not the server.

import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';

export interface SelfFigures {
  /** CPU time of this thread ÷ the time that passed. */
  readonly cpuShare: number;
  readonly eventLoopDelayP99Ms: number;
  /** Time it was ready to run and had no core ÷ the time that passed: how much neighbours slowed it. Only where the system tells (Linux). */
  readonly coreWaitShare?: number;
}

/** How often the delay of the loop is looked at: in a step of 5 s a thousand times, enough for the hundredth part. */
const resolutionMs = 5;

/** Starts watching the calling thread. Owns: the monitor, until the call of what it returns. */
export function watchSelf(): () => SelfFigures {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  const startedMs = performance.now();
  const before = threadTimes();
  const loopBefore = performance.eventLoopUtilization();
  return () => {
    delay.disable();
    const passedMs = Math.max(performance.now() - startedMs, 1);
    const after = threadTimes();
    // Node measures from one look to the next, the time between them included.
    const eventLoopDelayP99Ms = delay.count === 0 ? 0 : Math.max(0, delay.percentile(99) / 1e6 - resolutionMs);
    if (before === undefined || after === undefined) {
      return { cpuShare: performance.eventLoopUtilization(loopBefore).utilization, eventLoopDelayP99Ms };
    }
    const cpuShare = (after.cpuMs - before.cpuMs) / passedMs;
    if (before.waitMs === undefined || after.waitMs === undefined) return { cpuShare, eventLoopDelayP99Ms };
    return { cpuShare, eventLoopDelayP99Ms, coreWaitShare: (after.waitMs - before.waitMs) / passedMs };
  };
}

interface ThreadTimes {
  readonly cpuMs: number;
  readonly waitMs?: number;
}

/**
 * Of the calling thread. Linux tells in its files, Node itself from 23.9 on. Elsewhere undefined: the active share of the event loop
 * stands in, which counts naps as work and so errs to the safe side.
 */
function threadTimes(): ThreadTimes | undefined {
  try {
    // The read is made on this very thread. Nanoseconds on a core, nanoseconds ready without one, turns on a core.
    const [cpuNs, waitNs] = readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ').map(Number);
    if (cpuNs !== undefined && waitNs !== undefined) return { cpuMs: cpuNs / 1e6, waitMs: waitNs / 1e6 };
  } catch {
    // Not Linux, or a kernel without these counts.
  }
  // Not in the types of the oldest Node that is supported.
  const threadCpuUsage: unknown = Reflect.get(process, 'threadCpuUsage');
  if (typeof threadCpuUsage !== 'function') return undefined;
  const { user, system }: { user: number; system: number } = threadCpuUsage.call(process);
  return { cpuMs: (user + system) / 1000 };
}
