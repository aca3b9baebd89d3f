// Ends the process in order: the first signal lets requests finish, a second one or a stuck native run ends it at once.

import type { Clock } from '../core/clock.ts';
import type { Logger } from '../contract/model.ts';

export interface StopOptions {
  readonly logger: Logger;
  readonly clock: Clock;
  /** Where signals come from: `process`. */
  readonly signals: { on(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown };
  /** Refuses new work, finishes or cancels the old, releases everything. False: native code still runs in this process. */
  readonly shutDown: () => Promise<boolean>;
  readonly exit: (code: number) => void;
  /** Ends the process without running anything more in it. */
  readonly kill: () => void;
}

// One Ctrl-C comes several times: from the terminal to the whole group, and from npm, which passes it on.
const sameKeyPressMs = 500;

/** Stops on SIGTERM, SIGINT and SIGHUP. A normal exit while native code runs would abort, hence `kill` then. */
export function stopOnSignals(options: StopOptions): void {
  const { logger, clock } = options;
  let firstAtMs: number | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (firstAtMs === undefined) {
      const startedAtMs = clock.now();
      firstAtMs = startedAtMs;
      logger.info('stopping; running requests may finish, a second signal ends them', { signal });
      void options.shutDown().then(
        (clean) => {
          if (clean) {
            logger.info('stopped', { afterMs: Math.round(clock.now() - startedAtMs) });
            return options.exit(0);
          }
          logger.error('native code outlived its grace; ending the process');
          options.kill();
        },
        (error: unknown) => {
          logger.error('stopping failed; ending the process', { error });
          options.kill();
        },
      );
    } else if (clock.now() - firstAtMs > sameKeyPressMs) {
      logger.warn('second signal; ending the process now', { signal });
      options.kill();
    }
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) options.signals.on(signal, onSignal);
}
