// The binding that onnxruntime-node ships. A run is one synchronous native call: nothing can end it before its time.

import * as ort from 'onnxruntime-node';
import type { NativeGauge } from '../../src/contract/model.ts';
import type { AbortOutcome, Binding, PortInfo, Session, SessionOptions, Tensor } from './session.ts';

/** Opens sessions through onnxruntime-node. `gauge` counts every native call, so that its thread is not ended inside one. */
export function stockBinding(gauge: NativeGauge): Binding {
  return {
    name: 'stock',
    abortsInsideRun: false,
    async open(path, options) {
      gauge.enter();
      try {
        return new StockSession(await ort.InferenceSession.create(path, nativeOptions(options)), gauge);
      } catch (error) {
        throw new Error(`expected an ONNX model at ${path}: ${error instanceof Error ? error.message : 'it cannot be opened'}`, {
          cause: error,
        });
      } finally {
        gauge.leave();
      }
    },
  };
}

/** What every session of onnxruntime-node is opened with. */
export function nativeOptions(options: SessionOptions): ort.InferenceSession.SessionOptions {
  return {
    executionProviders: ['cpu'],
    intraOpNumThreads: options.intraOpThreads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    extra: {
      session: {
        // Spinning threads burn a core while idle and starve every other model.
        intra_op: { allow_spinning: '0' },
        // Without VNNI, int8 kernels saturate unless they are told to keep precision. Free where VNNI exists.
        x64quantprecision: '1',
      },
    },
  };
}

class StockSession implements Session {
  readonly inputs: readonly PortInfo[];
  readonly outputs: readonly PortInfo[];
  readonly #session: ort.InferenceSession;
  readonly #gauge: NativeGauge;
  readonly #running = new Set<Promise<unknown>>();
  #closed: Promise<void> | undefined;

  constructor(session: ort.InferenceSession, gauge: NativeGauge) {
    this.#session = session;
    this.#gauge = gauge;
    this.inputs = session.inputMetadata.map(portOf);
    this.outputs = session.outputMetadata.map(portOf);
  }

  async run(
    inputs: Readonly<Record<string, Tensor>>,
    outputs: Readonly<Record<string, Tensor | null>>,
  ): Promise<Readonly<Record<string, Tensor>>> {
    if (this.#closed !== undefined) throw new Error('the session is closed');
    const run = this.#runOnce(inputs, outputs);
    this.#running.add(run);
    try {
      return await run;
    } finally {
      this.#running.delete(run);
    }
  }

  async #runOnce(
    inputs: Readonly<Record<string, Tensor>>,
    outputs: Readonly<Record<string, Tensor | null>>,
  ): Promise<Record<string, Tensor>> {
    // The runtime ignores a name it does not know; a given output would come back as if it were written.
    requireNames('input', inputs, this.inputs);
    requireNames('output', outputs, this.outputs);
    const feeds: Record<string, ort.Tensor> = {};
    for (const [name, tensor] of Object.entries(inputs)) feeds[name] = nativeTensor(tensor);
    const fetches: Record<string, ort.Tensor | null> = {};
    for (const [name, tensor] of Object.entries(outputs)) fetches[name] = tensor === null ? null : nativeTensor(tensor);
    this.#gauge.enter();
    try {
      const fetched = await this.#session.run(feeds, fetches);
      const result: Record<string, Tensor> = {};
      for (const [name, given] of Object.entries(outputs)) result[name] = given ?? ownTensor(name, fetched[name]);
      return result;
    } finally {
      this.#gauge.leave();
    }
  }

  async abort(): Promise<AbortOutcome> {
    await Promise.allSettled(this.#running);
    return 'finished';
  }

  close(): Promise<void> {
    this.#closed ??= this.abort().then(() => this.#session.release());
    return this.#closed;
  }
}

function portOf(meta: ort.InferenceSession.ValueMetadata): PortInfo {
  return meta.isTensor ? { name: meta.name, type: meta.type, dims: meta.shape } : { name: meta.name, type: 'other', dims: [] };
}

function requireNames(kind: 'input' | 'output', given: Readonly<Record<string, unknown>>, ports: readonly PortInfo[]): void {
  const known = new Set(ports.map((port) => port.name));
  for (const name of Object.keys(given)) {
    if (!known.has(name)) throw new Error(`expected an ${kind} among ${[...known].join(', ')}, got ${name}`);
  }
}

function nativeTensor(tensor: Tensor): ort.Tensor {
  // The typings tie each type to its array; Tensor's docstring states the same pairing.
  return new ort.Tensor(tensor.type, tensor.data as never, tensor.dims as number[]) as ort.Tensor;
}

function ownTensor(name: string, tensor: ort.Tensor | undefined): Tensor {
  if (tensor === undefined) throw new Error(`expected an output named ${name}, got none`);
  // A parse edge: the runtime's union of array types is narrower in ours, and engines ask for outputs of known type.
  return { type: tensor.type, dims: tensor.dims, data: tensor.data } as Tensor;
}
