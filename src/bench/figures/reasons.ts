// What went wrong in a step, grouped, so that a thousand failures are a few lines.

import type { RequestRecord } from '../request-record.ts';
import type { StepSummary } from '../run-summary.ts';

// A server that writes an id into every message gives as many kinds as failures.
const mostKinds = 20;

/** The most frequent reasons first, and how many kinds were left out of the list. */
export function groupedReasons(measured: readonly RequestRecord[]): { reasons: StepSummary['reasons']; more: number } {
  const kinds = new Map<string, { outcome: RequestRecord['outcome']; reason: string; count: number }>();
  for (const { outcome, reason, status, leave } of measured) {
    // A client that left because it was to is no failure. One that was cancelled otherwise is.
    if (outcome === 'ok' || (outcome === 'cancelled' && leave !== undefined)) continue;
    const told = reason ?? (status === undefined ? 'no reason was told' : `status ${status}`);
    const key = `${outcome} ${told}`;
    const kind = kinds.get(key) ?? { outcome, reason: told, count: 0 };
    kind.count++;
    kinds.set(key, kind);
  }
  // Sorting is stable: of equally frequent ones the first that was seen stands first.
  const sorted = [...kinds.values()].sort((a, b) => b.count - a.count);
  return { reasons: sorted.slice(0, mostKinds), more: Math.max(sorted.length - mostKinds, 0) };
}
