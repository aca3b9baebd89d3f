// Why a call was cancelled, on both sides of the thread boundary.

import { InferenceError } from './errors.ts';

/** Reasons in the order of their numbers in shared memory; 0 there means "not cancelled". */
export const cancelReasons = ['disconnect', 'deadline', 'drain', 'unload'] as const;

export type CancelReason = (typeof cancelReasons)[number];

export function cancelCode(reason: CancelReason): number {
  return cancelReasons.indexOf(reason) + 1;
}

export function cancelReason(code: number): CancelReason | undefined {
  return cancelReasons[code - 1];
}

/** The error a cancelled call ends with: 499, 504 or 503. Its code tells which reason it was. */
export function cancelError(reason: CancelReason): InferenceError {
  switch (reason) {
    case 'disconnect':
      return new InferenceError('client_closed_request', 'the client closed the connection');
    case 'deadline':
      return new InferenceError('timeout', 'the request did not finish by its deadline');
    case 'drain':
      return new InferenceError('shutting_down', 'the server is stopping', { retryAfterMs: 1000 });
    case 'unload':
      return new InferenceError('replica_lost', 'the model was unloaded while the request ran', { retryAfterMs: 1000 });
  }
}
