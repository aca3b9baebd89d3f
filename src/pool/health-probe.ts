// Asks a model's `isHealthy` for readiness probes, which must have an answer at once and may come often.

import type { Clock, Timer } from '../core/clock.ts';

// Below the second that Kubernetes gives a probe by default.
const patienceMs = 500;
// A thread without calls that has not answered for this long will not.
const hungAfterMs = 10_000;

/** Who is asked: a replica. */
export interface Patient {
  isHealthy(): Promise<boolean>;
  readonly inFlight: number;
}

/**
 * A thread that is busy answers late, and being busy is not being ill: until it answers, its last word holds. One question is
 * under way at a time, so that probes do not pile up behind a long run. Whether a call is stuck is the ladder's business, but where none runs a
 * question that stays open is the illness.
 */
export class HealthProbe {
  readonly #clock: Clock;
  #last = true;
  #asking: Promise<boolean> | undefined;
  #asked: Patient | undefined;
  /** When the open question was asked, or a call was last seen beside it. */
  #idleSince = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The patient's answer, a rejection being false; or the last answer, when this one takes long. */
  async isHealthy(patient: Patient): Promise<boolean> {
    if (this.#asking === undefined) {
      this.#asked = patient;
      this.#idleSince = this.#clock.now();
    }
    this.#asking ??= patient
      .isHealthy()
      .catch(() => false)
      .then((answer) => {
        this.#last = answer;
        this.#asking = undefined;
        return answer;
      });
    const hung = this.#isHung();
    let timer: Timer | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = this.#clock.after(patienceMs, () => resolve(this.#last && !hung));
    });
    try {
      return await Promise.race([this.#asking, late]);
    } finally {
      timer?.cancel();
    }
  }

  #isHung(): boolean {
    const now = this.#clock.now();
    if ((this.#asked?.inFlight ?? 0) > 0) this.#idleSince = now;
    return now - this.#idleSince > hungAfterMs;
  }
}
