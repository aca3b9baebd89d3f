// How busy a client thread is itself: a client at its limit measures itself, not the server.

import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';

export interface SelfFigures {
  /** CPU time of this thread ÷ the time that passed. */
  readonly cpuShare: number;
  readonly eventLoopDelayP99Ms: number;
}

/** How often the delay of the loop is looked at: in a step of 5 s a thousand times, enough for the hundredth part. */
const resolutionMs = 5;

/** Starts watching the calling thread. Owns: the monitor, until the call of what it returns. */
export function watchSelf(): () => SelfFigures {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  const startedMs = performance.now();
  const cpuBeforeMs = threadCpuMs();
  const loopBefore = performance.eventLoopUtilization();
  return () => {
    delay.disable();
    const passedMs = performance.now() - startedMs;
    const cpuMs = threadCpuMs();
    const cpuShare =
      cpuMs === undefined || cpuBeforeMs === undefined
        ? performance.eventLoopUtilization(loopBefore).utilization
        : (cpuMs - cpuBeforeMs) / Math.max(passedMs, 1);
    // Node measures from one look to the next, the time between them included.
    const eventLoopDelayP99Ms = delay.count === 0 ? 0 : Math.max(0, delay.percentile(99) / 1e6 - resolutionMs);
    return { cpuShare, eventLoopDelayP99Ms };
  };
}

/**
 * CPU time of the calling thread. Node tells it from 23.9 on, Linux in its files always. Elsewhere undefined: the active share of the
 * event loop stands in, which counts naps as work and so errs to the safe side.
 */
function threadCpuMs(): number | undefined {
  // Not in the types of the oldest Node that is supported.
  const threadCpuUsage: unknown = Reflect.get(process, 'threadCpuUsage');
  if (typeof threadCpuUsage === 'function') {
    const { user, system }: { user: number; system: number } = threadCpuUsage.call(process);
    return (user + system) / 1000;
  }
  try {
    // The read is made on this very thread; the first figure is nanoseconds on a core.
    return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return undefined;
  }
}
