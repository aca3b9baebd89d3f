// What goes between the thread that runs a load and its client threads.

import type { RequestRecord } from '../request-record.ts';
import type { Share } from './load-client.ts';
import type { LoadJob } from './load-job.ts';
import type { SelfFigures } from './self-watch.ts';

/** The thread begins with its warm-up at once. */
export interface ClientThreadData {
  readonly job: LoadJob;
  readonly share: Share;
  /** Of `SharedCounts`. */
  readonly counts: SharedArrayBuffer;
  /** What counts as 0, on the machine's monotonic clock. */
  readonly originMonotonicMs: number;
}

export type ToClientThread = { readonly type: 'measure'; readonly startMs: number } | { readonly type: 'stop' };

/** `warm` comes once, then `measured` once; or instead of either the thread fails with an error. */
export type FromClientThread =
  | { readonly type: 'records'; readonly records: readonly RequestRecord[] }
  | { readonly type: 'warm' }
  | { readonly type: 'measured'; readonly figures: SelfFigures };
