// A reader of an event log, told as a call is: what replays and follows a response has the pace, heartbeats and limits of every stream.

import type { RunningCall } from '../contract/executor.ts';
import { streamWindowBytes } from '../contract/thread.ts';
import { InferenceError, toRecord } from '../core/errors.ts';
import { errorFrame } from '../dialects/error-body.ts';
import { doneFrame, sseHead } from '../dialects/sse.ts';
import { failGuarded } from '../pool/guarded-telling.ts';
import type { EventLog } from './event-log.ts';
import type { SubmissionObserver } from './submission.ts';

export interface FollowOptions {
  /** The number of the first event wanted. */
  readonly from: number;
  /** The reader leaves; the response goes on. */
  readonly signal: AbortSignal;
  readonly requestId: string;
}

/**
 * Tells `observer` the events from a number on, those to come included, up to the end. No more than the window of a stream is on its
 * way to a reader, and nothing is kept for it: what it has not taken stays in the log.
 */
export function followLog(log: EventLog, observer: SubmissionObserver, { from, signal, requestId }: FollowOptions): RunningCall {
  let next = from;
  let untakenBytes = 0;
  let isOver = false;
  let isPumping = false;
  let forget = (): void => {};
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const stop = (): void => {
    if (isOver) return;
    isOver = true;
    forget();
    signal.removeEventListener('abort', stop);
    release();
  };
  const finish = (): void => {
    const end = log.ended;
    if (end === undefined) return;
    stop();
    if (end.kind === 'dropped') {
      // Nobody has told of it yet.
      observer.chunk(errorFrame('responses', toRecord(end.error), requestId, next), 1);
      observer.fail(end.error, true);
      return;
    }
    // Of a failure the log has the events, and the failure is the response's: its reader got all that it asked for.
    if (end.kind === 'whole') observer.chunk(doneFrame().bytes, 0);
    observer.end(undefined);
  };
  // A reader that takes at once gives its credit from within `chunk`, which must not begin a second turn.
  const pump = (): void => {
    if (isPumping || isOver) return;
    isPumping = true;
    try {
      for (let frame = log.at(next); frame !== undefined && !isOver && untakenBytes < streamWindowBytes; frame = log.at(next)) {
        next += 1;
        untakenBytes += frame.byteLength;
        observer.chunk(frame.slice(), 1); // a copy: what a program reads is its own to change
      }
      if (!isOver && log.at(next) === undefined) finish();
    } catch (error) {
      // One reader may not end the response of all.
      stop();
      failGuarded(
        observer,
        new InferenceError('internal_error', 'expected a reader that takes events, got one that failed', { cause: error }),
      );
    } finally {
      isPumping = false;
    }
  };
  if (signal.aborted) stop();
  else {
    signal.addEventListener('abort', stop, { once: true });
    observer.head(sseHead);
    if (log.at(next) === undefined && log.ended === undefined) observer.flushHead?.();
    forget = log.onChange(pump);
    pump();
  }
  return {
    cancel: stop,
    credit: (bytes) => {
      untakenBytes -= bytes;
      pump();
    },
    released,
  };
}
