// Passing on what a replica's thread says: the listeners are others' code, and what they throw must not end the server.

import { fromRecord, type InferenceError } from '../core/errors.ts';
import type { CallObserver } from '../contract/executor.ts';
import type { Logger } from '../contract/model.ts';
import type { FromHost } from '../contract/thread.ts';

type LogMessage = Extract<FromHost, { readonly type: 'log' }>;
type CallMessage = Exclude<FromHost, LogMessage>;

/** Whether nothing of the call comes after the message. */
export function isLast(message: CallMessage): boolean {
  return message.type === 'whole' || message.type === 'end' || message.type === 'fail';
}

/** Throws: what the observer throws. */
export function tellObserver(observer: CallObserver, message: CallMessage): void {
  switch (message.type) {
    case 'head':
      observer.head(message.head);
      return;
    case 'chunk':
      observer.chunk(message.bytes, message.events);
      return;
    case 'whole':
      observer.head(message.head);
      observer.chunk(message.bytes, 0);
      observer.end(message.usage);
      return;
    case 'end':
      observer.end(message.usage);
      return;
    case 'fail':
      observer.fail(fromRecord(message.error), message.framed);
  }
}

/** Tells an observer that its call has failed; one that throws at that is beyond help. */
export function failGuarded(observer: CallObserver, error: InferenceError): void {
  try {
    observer.fail(error, false);
  } catch {
    // It has had its word; the calls of others go on.
  }
}

/** Writes a line of the model. One that the logger cannot write with its fields is written without them. */
export function logLine(logger: Logger, model: string, line: Pick<LogMessage, 'level' | 'message' | 'fields'>): void {
  try {
    logger[line.level](line.message, { model, ...line.fields });
  } catch {
    try {
      logger.warn(String(line.message), { model });
    } catch {
      // A logger that cannot write a plain line cannot write about it either.
    }
  }
}

/** What kind of thing was thrown, without its text, which may hold the user's. */
export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
