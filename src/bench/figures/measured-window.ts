// The stretch of time that rates are taken over. Which one it is decides what "requests a second" means, so it is argued here.

import type { RequestRecord } from '../request-record.ts';

/** Ms on the clock of the records. */
export interface MeasuredWindow {
  readonly fromMs: number;
  /** End of what rates are divided by. */
  readonly untilMs: number;
  /** When the last request was over, whatever became of it: the server worked for the step until then. */
  readonly lastEndMs: number;
}

/**
 * From the first intended start until the last request that ended well, but no shorter than requests were arriving.
 *
 * * Not until the last end of any: one request that hangs until its limit of minutes would divide the rate of all the others by ten. It is
 *   among the outcomes instead.
 * * No shorter than arrivals: a server that answers ten and then dies would else be credited with the rate of the ten.
 * * Open loop: the last start stands for a gap like the others, so n distinct starts last n gaps and not n − 1. Without it a server that
 *   answers 10 requests of 10 a second at once would be said to do 11.
 * * The queue that is left when the schedule ends is inside: in overload the window ends when it is worked off, and the rate is what the
 *   server can do.
 *
 * `measured` is not empty and has no warm-up in it.
 */
export function measuredWindow(measured: readonly RequestRecord[], mode: 'open' | 'closed'): MeasuredWindow {
  let fromMs = Number.POSITIVE_INFINITY;
  let lastStartMs = Number.NEGATIVE_INFINITY;
  let lastEndMs = Number.NEGATIVE_INFINITY;
  let lastOkMs = Number.NEGATIVE_INFINITY;
  const starts = new Set<number>();
  for (const record of measured) {
    fromMs = Math.min(fromMs, record.intendedMs);
    lastStartMs = Math.max(lastStartMs, record.intendedMs);
    lastEndMs = Math.max(lastEndMs, record.endMs);
    if (record.outcome === 'ok') lastOkMs = Math.max(lastOkMs, record.endMs);
    starts.add(record.intendedMs);
  }
  const gaps = starts.size - 1;
  const arrivalsMs = mode === 'open' && gaps > 0 ? ((lastStartMs - fromMs) * starts.size) / gaps : lastStartMs - fromMs;
  const endedMs = lastOkMs > Number.NEGATIVE_INFINITY ? lastOkMs : lastEndMs;
  return { fromMs, untilMs: Math.max(endedMs, fromMs + arrivalsMs), lastEndMs };
}
