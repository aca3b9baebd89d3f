// onnxruntime-node for a library that opens sessions of its own: the gauge counts every native call, our options hold.

import * as ort from 'onnxruntime-node';
import type { NativeGauge } from '../../src/contract/model.ts';
import type { SessionOptions } from './session.ts';
import { nativeOptions } from './stock-binding.ts';

export interface GaugedRuntimeOptions extends SessionOptions {
  readonly gauge: NativeGauge;
  /** Called before each run; what it throws ends the run before it starts. */
  readonly beforeRun: () => void;
}

/** The part of onnxruntime-node that such a library uses. */
export interface GaugedRuntime {
  readonly Tensor: typeof ort.Tensor;
  readonly InferenceSession: {
    /** Throws: whatever the gauge or the runtime throws. */
    create(model: string | Uint8Array, given?: ort.InferenceSession.SessionOptions): Promise<GaugedSession>;
  };
}

/** The sessions it makes take threads, spinning and precision from here; what else the library gives is kept. */
export function gaugedRuntime(options: GaugedRuntimeOptions): GaugedRuntime {
  return {
    Tensor: ort.Tensor,
    InferenceSession: {
      async create(model, given = {}) {
        const merged = { ...given, ...nativeOptions(options) };
        options.gauge.enter();
        try {
          // Two overloads, which a union does not choose from.
          const session =
            typeof model === 'string' ? ort.InferenceSession.create(model, merged) : ort.InferenceSession.create(model, merged);
          return new GaugedSession(await session, options);
        } finally {
          options.gauge.leave();
        }
      },
    },
  };
}

/** Owns: the native session, freed by `release`. Throws: from `run` and `release`, what the gauge, `beforeRun` or the runtime throws. */
export class GaugedSession {
  readonly #session: ort.InferenceSession;
  readonly #gauge: NativeGauge;
  readonly #beforeRun: () => void;

  constructor(session: ort.InferenceSession, options: GaugedRuntimeOptions) {
    this.#session = session;
    this.#gauge = options.gauge;
    this.#beforeRun = options.beforeRun;
  }

  get inputNames(): readonly string[] {
    return this.#session.inputNames;
  }

  get outputNames(): readonly string[] {
    return this.#session.outputNames;
  }

  get inputMetadata(): readonly ort.InferenceSession.ValueMetadata[] {
    return this.#session.inputMetadata;
  }

  get outputMetadata(): readonly ort.InferenceSession.ValueMetadata[] {
    return this.#session.outputMetadata;
  }

  async run(feeds: ort.InferenceSession.FeedsType): Promise<ort.InferenceSession.ReturnType> {
    this.#beforeRun();
    return this.#gauged(() => this.#session.run(feeds));
  }

  async release(): Promise<void> {
    await this.#gauged(() => this.#session.release());
  }

  async #gauged<T>(call: () => Promise<T>): Promise<T> {
    this.#gauge.enter();
    try {
      return await call();
    } finally {
      this.#gauge.leave();
    }
  }
}
