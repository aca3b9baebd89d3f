// A decoder graph as "append these tokens, get the logits after the last one, or after each". Ports are found by name, shapes read from them.

import type { Binding, PortInfo, Session, Tensor } from '../onnx/session.ts';
import { KvSlab, type KvShape } from './kv-slab.ts';

export interface DecoderOptions {
  readonly intraOpThreads: number;
  /** Positions the model was made for. */
  readonly contextTokens: number;
}

/** One layer's cache ports, key before value. */
interface CachePort {
  readonly past: string;
  readonly present: string;
}

const servedInputs = ['input_ids', 'attention_mask', 'position_ids', 'num_logits_to_keep'];

/** An open decoder. Owns: its session, freed by `close`. Sequences are independent, runs of one decoder follow each other. */
export class Decoder {
  readonly contextTokens: number;
  readonly #session: Session;
  readonly #ports: readonly CachePort[];
  readonly #shape: KvShape;
  readonly #takes: ReadonlySet<string>;
  #logitCount = 0;

  private constructor(session: Session, contextTokens: number) {
    this.contextTokens = contextTokens;
    this.#session = session;
    this.#takes = new Set(session.inputs.map((port) => port.name));
    for (const name of ['input_ids', 'attention_mask'])
      if (!this.#takes.has(name)) throw new Error(`expected a graph input named ${name}, got none`);
    if (!session.outputs.some((port) => port.name === 'logits')) throw new Error('expected a graph output named logits, got none');
    this.#ports = cachePorts(session);
    const served = new Set([...servedInputs, ...this.#ports.map((port) => port.past)]);
    const unserved = session.inputs.find((port) => !served.has(port.name));
    if (unserved !== undefined) throw new Error(`expected no graph input named ${unserved.name}: this engine has no value for it`);
    this.#shape = kvShape(session, this.#ports.length / 2);
  }

  /** Opens the graph and tries one step. Throws: Error when the ports are not a decoder's, or its cache is not extended in place. */
  static async open(binding: Binding, path: string, options: DecoderOptions): Promise<Decoder> {
    const session = await binding.open(path, { intraOpThreads: options.intraOpThreads });
    try {
      const decoder = new Decoder(session, options.contextTokens);
      await decoder.#probe(path);
      return decoder;
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  /** Width of the logits: the vocabulary, or more where the graph is padded. */
  get logitCount(): number {
    return this.#logitCount;
  }

  /** An empty sequence. */
  sequence(): KvSlab {
    return new KvSlab(this.#shape, this.contextTokens);
  }

  /**
   * Appends `ids` to the sequence. Returns the logits after its last token, valid until the caller drops them.
   * Shapes: logits float32 [vocabulary]. Throws: RangeError when the context is full.
   */
  async append(sequence: KvSlab, ids: readonly number[]): Promise<Float32Array> {
    const { data, vocabulary } = await this.#run(sequence, ids, 1);
    // A graph without num_logits_to_keep returns a row per token; the last one counts.
    return data.subarray(data.length - vocabulary);
  }

  /**
   * Appends `ids` to the sequence. Returns the logits after each of them: a whole vocabulary a token, so `ids` has to be short.
   * Shapes: per token float32 [vocabulary]. Throws: as {@link Decoder.append}.
   */
  async appendRows(sequence: KvSlab, ids: readonly number[]): Promise<readonly Float32Array[]> {
    const { data, vocabulary } = await this.#run(sequence, ids, ids.length);
    return ids.map((_, row) => data.subarray(row * vocabulary, (row + 1) * vocabulary));
  }

  /** Idempotent. */
  close(): Promise<void> {
    return this.#session.close();
  }

  async #run(
    sequence: KvSlab,
    ids: readonly number[],
    rows: number,
  ): Promise<{ readonly data: Float32Array; readonly vocabulary: number }> {
    sequence.reserve(ids.length);
    const total = sequence.length + ids.length;
    const inputs: Record<string, Tensor> = {
      input_ids: int64(ids, [1, ids.length]),
      // Its sum is the real length; capacity beyond it is not looked at.
      attention_mask: { type: 'int64', dims: [1, total], data: new BigInt64Array(total).fill(1n) },
    };
    if (this.#takes.has('position_ids')) {
      inputs['position_ids'] = int64(
        Array.from(ids, (_, index) => sequence.length + index),
        [1, ids.length],
      );
    }
    if (this.#takes.has('num_logits_to_keep')) inputs['num_logits_to_keep'] = int64([rows], []);
    const outputs: Record<string, Tensor | null> = { logits: null };
    for (const [index, port] of this.#ports.entries()) {
      const tensor = sequence.tensors[index];
      if (tensor === undefined) throw new Error(`expected ${this.#ports.length} cache buffers, got ${sequence.tensors.length}`);
      inputs[port.past] = tensor;
      outputs[port.present] = tensor;
    }
    const logits = (await this.#session.run(inputs, outputs))['logits'];
    sequence.advance(ids.length);
    if (!(logits?.data instanceof Float32Array)) throw new Error(`expected float32 logits, got ${logits?.type ?? 'none'}`);
    return { data: logits.data, vocabulary: logits.dims.at(-1) ?? 0 };
  }

  // A graph that concatenates past and present refuses a buffer larger than its sequence: found out at load, not mid-answer.
  async #probe(path: string): Promise<void> {
    try {
      this.#logitCount = (await this.append(this.sequence(), [0])).length;
    } catch (error) {
      throw new Error(`expected ${path} to extend its key/value cache in place (GroupQueryAttention)`, { cause: error });
    }
  }
}

function int64(values: readonly number[], dims: readonly number[]): Tensor {
  return { type: 'int64', dims, data: BigInt64Array.from(values, (value) => BigInt(value)) };
}

function cachePorts(session: Session): readonly CachePort[] {
  const outputs = new Set(session.outputs.map((port) => port.name));
  const ports: CachePort[] = [];
  for (let layer = 0; session.inputs.some((port) => port.name === pastName(layer, 'key')); layer += 1) {
    for (const side of ['key', 'value'] as const) {
      const present = `present.${layer}.${side}`;
      if (!outputs.has(present)) throw new Error(`expected a graph output named ${present}, got none`);
      ports.push({ past: pastName(layer, side), present });
    }
  }
  if (ports.length === 0) throw new Error(`expected a graph input named ${pastName(0, 'key')}, got none`);
  return ports;
}

function pastName(layer: number, side: 'key' | 'value'): string {
  return `past_key_values.${layer}.${side}`;
}

function kvShape(session: Session, layers: number): KvShape {
  const port: PortInfo | undefined = session.inputs.find((candidate) => candidate.name === pastName(0, 'key'));
  const heads = port?.dims[1];
  const headDim = port?.dims[3];
  if (port?.type !== 'float32' || typeof heads !== 'number' || typeof headDim !== 'number') {
    throw new Error(
      `expected cache inputs float32 [batch, heads, past, headDim] with fixed heads, got ${port?.type} [${port?.dims.join(', ')}]`,
    );
  }
  return { layers, heads, headDim };
}
