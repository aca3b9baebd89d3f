// Time by argument: whatever waits takes a Clock, so tests move time by hand instead of sleeping.

/** A pending timer. `cancel` is idempotent. */
export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Monotonic milliseconds, with fractions. */
  now(): number;
  /** Calls `action` once after `delayMs`. The timer does not keep the process alive. */
  after(delayMs: number, action: () => void): Timer;
}

/** The longest delay in milliseconds, 2^31 - 1: setTimeout fires at once for longer ones, so settings may not ask for them. */
export const longestTimerMs = 2_147_483_647;

export const systemClock: Clock = {
  now: () => performance.now(),
  after(delayMs, action) {
    const handle = setTimeout(action, Math.min(Math.max(delayMs, 0), longestTimerMs));
    handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
};
