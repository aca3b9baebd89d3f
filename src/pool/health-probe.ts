// Asks a model's `isHealthy` for readiness probes, which must have an answer at once and may come often.

import type { Clock, Timer } from '../core/clock.ts';

// Below the second that Kubernetes gives a probe by default.
const patienceMs = 500;

/**
 * A thread that is busy answers late, and being busy is not being ill: until it answers, its last word holds. One question is
 * under way at a time, so that probes do not pile up behind a long run. Whether a call is stuck is the ladder's business.
 */
export class HealthProbe {
  readonly #clock: Clock;
  #last = true;
  #asking: Promise<boolean> | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The answer of `ask`, a rejection being false; or the last answer, when this one takes long. */
  async isHealthy(ask: () => Promise<boolean>): Promise<boolean> {
    this.#asking ??= ask()
      .catch(() => false)
      .then((answer) => {
        this.#last = answer;
        this.#asking = undefined;
        return answer;
      });
    let timer: Timer | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = this.#clock.after(patienceMs, () => resolve(this.#last));
    });
    try {
      return await Promise.race([this.#asking, late]);
    } finally {
      timer?.cancel();
    }
  }
}
