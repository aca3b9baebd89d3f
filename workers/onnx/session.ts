// The one interface to ONNX Runtime. Engines know this file and nothing of the binding behind it.

export type TensorType = 'float32' | 'int64' | 'int32' | 'bool' | 'uint8' | 'float16';

/** A tensor over memory of the caller. Shapes: `data.length` is the product of `dims`. */
export interface Tensor {
  readonly type: TensorType;
  readonly dims: readonly number[];
  /** float32: Float32Array; int64: BigInt64Array; int32: Int32Array; bool, uint8: Uint8Array; float16: Uint16Array. */
  readonly data: Float32Array | BigInt64Array | Int32Array | Uint8Array | Uint16Array;
}

export interface PortInfo {
  readonly name: string;
  readonly type: string;
  /** A number where fixed, the symbol's name where not. */
  readonly dims: readonly (number | string)[];
}

export interface SessionOptions {
  readonly intraOpThreads: number;
}

/** What became of the runs that an `abort` found in flight. */
export type AbortOutcome = 'aborted' | 'finished';

/** An open graph. Owns: its native session, freed by `close`. Inputs and given outputs stay the caller's. */
export interface Session {
  readonly inputs: readonly PortInfo[];
  readonly outputs: readonly PortInfo[];
  /**
   * Runs the graph once. `outputs` names what to fetch: a Tensor is written in place, null lets the binding allocate.
   * Returns the fetched tensors by name (the caller's own object where it gave one).
   * Throws: Error named `AbortError` when an abort ended it.
   */
  run(
    inputs: Readonly<Record<string, Tensor>>,
    outputs: Readonly<Record<string, Tensor | null>>,
  ): Promise<Readonly<Record<string, Tensor>>>;
  /** Stops the runs in flight where the binding can, and resolves when none is left. */
  abort(): Promise<AbortOutcome>;
  /** Idempotent. Waits for runs in flight. */
  close(): Promise<void>;
}

export interface Binding {
  readonly name: 'stock' | 'native';
  /** Whether `abort` ends a run before its time. */
  readonly abortsInsideRun: boolean;
  /** Throws: Error naming the file when it cannot be opened. */
  open(path: string, options: SessionOptions): Promise<Session>;
}
