// Ends the process after an error that nobody caught: Node's own way out can abort while a model's thread is inside native code.

import type { Logger } from '../contract/model.ts';

export interface CrashOptions {
  readonly logger: Logger;
  /** Where uncaught errors come from: `process`. */
  readonly errors: { on(event: 'uncaughtException' | 'unhandledRejection', listener: (error: unknown) => void): unknown };
  /** Ends the process without running anything more in it. */
  readonly kill: () => void;
}

/**
 * Logs an uncaught exception or an unhandled rejection with its stack and kills the process, which a shell sees as exit code 137.
 * Going on is no choice, since nobody knows what the error left half-done.
 */
export function killOnUncaught({ logger, errors, kill }: CrashOptions): void {
  let isOver = false;
  const on = (message: string) => (error: unknown) => {
    // A logger whose stream broke comes back here; and nothing comes after a kill but in a test.
    if (isOver) return;
    isOver = true;
    try {
      logger.error(message, { error });
    } finally {
      kill();
    }
  };
  errors.on('uncaughtException', on('uncaught error; ending the process'));
  errors.on('unhandledRejection', on('unhandled rejection; ending the process'));
}
