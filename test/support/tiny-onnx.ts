// Writes small ONNX models by hand, so that tests have graphs with exactly the ports, nodes and run times they need.
// Field numbers are those of onnx.proto3; only what our graphs use is written.

export type ElementType = 'float32' | 'uint8' | 'int8' | 'int32' | 'int64' | 'bool';

/** Data types of TensorProto. */
const elementTypes: Readonly<Record<ElementType, number>> = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9 };

export type Attribute =
  | { readonly float: number }
  | { readonly int: number }
  | { readonly text: string }
  | { readonly ints: readonly number[] }
  | { readonly graph: Graph };

/** Part of a graph, already in its wire format. */
export type Encoded = Uint8Array;

export interface Graph {
  /** In an order in which each node's inputs are there before it. */
  readonly nodes: readonly Encoded[];
  readonly constants?: readonly Encoded[];
  readonly inputs: readonly Encoded[];
  readonly outputs: readonly Encoded[];
}

/** A node. An input that is left out is the empty name. `domain`: `com.microsoft` for the operators that ONNX Runtime adds. */
export function node(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, Attribute>> = {},
  domain = '',
): Encoded {
  return message(
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(3, `${op}:${outputs.join()}`),
    text(4, op),
    ...Object.entries(attributes).map(([name, value]) => field(5, attribute(name, value))),
    ...(domain === '' ? [] : [text(7, domain)]),
  );
}

/** An input or output. A dim is a number, or the name of a symbol. */
export function port(name: string, type: ElementType, dims: readonly (number | string)[]): Encoded {
  const shape = message(...dims.map((dim) => field(1, typeof dim === 'string' ? text(2, dim) : int(1, dim))));
  return message(text(1, name), field(2, field(1, message(int(1, elementTypes[type]), field(2, shape)))));
}

/** A constant of the graph. Shapes: `values.length` is the product of `dims`. */
export function constant(name: string, type: ElementType, dims: readonly number[], values: readonly number[] | Float32Array): Encoded {
  return message(...dims.map((dim) => int(1, dim)), int(2, elementTypes[type]), text(8, name), field(9, rawData(type, values)));
}

/** The bytes of a model file. */
export function model(graph: Graph): Uint8Array {
  const opset = (domain: string, version: number) => field(8, message(text(1, domain), int(2, version)));
  return message(int(1, 10), text(2, 'tiny'), field(7, graphBody(graph)), opset('', 21), opset('com.microsoft', 1));
}

/** `y = x W` for W [columns, columns] by rows. Ports: x, y float32 [rows, columns]. */
export function productModel(columns: number, weights: readonly number[]): Uint8Array {
  return model({
    nodes: [node('MatMul', ['x', 'W'], ['y'])],
    constants: [constant('W', 'float32', [columns, columns], weights)],
    inputs: [port('x', 'float32', ['rows', columns])],
    outputs: [port('y', 'float32', ['rows', columns])],
  });
}

/** Columns of {@link longModel}. Units: a step takes some 4 µs for one row, 14 µs for 16. */
export const longColumns = 256;

/**
 * `y = x`, after `steps` products with the identity within one run: its time is what `steps` says, and it consists of many
 * short nodes, between which a binding that can abort does so. Ports: steps int64 []; x, y float32 [rows, 256].
 */
export function longModel(): Uint8Array {
  const identity = new Float32Array(longColumns * longColumns);
  for (let i = 0; i < longColumns; i++) identity[i * longColumns + i] = 1;
  const body: Graph = {
    nodes: [node('Identity', ['go'], ['go_on']), node('MatMul', ['before', 'identity'], ['after'])],
    inputs: [port('step', 'int64', []), port('go', 'bool', []), port('before', 'float32', ['rows', longColumns])],
    outputs: [port('go_on', 'bool', []), port('after', 'float32', ['rows', longColumns])],
  };
  return model({
    nodes: [node('Loop', ['steps', '', 'x'], ['y'], { body: { graph: body } })],
    constants: [constant('identity', 'float32', [longColumns, longColumns], identity)],
    inputs: [port('steps', 'int64', []), port('x', 'float32', ['rows', longColumns])],
    outputs: [port('y', 'float32', ['rows', longColumns])],
  });
}

function graphBody(graph: Graph): Encoded {
  return message(
    ...graph.nodes.map((encoded) => field(1, encoded)),
    text(2, 'graph'),
    ...(graph.constants ?? []).map((encoded) => field(5, encoded)),
    ...graph.inputs.map((encoded) => field(11, encoded)),
    ...graph.outputs.map((encoded) => field(12, encoded)),
  );
}

function attribute(name: string, value: Attribute): Encoded {
  const typed = (type: number, ...fields: readonly Encoded[]) => message(text(1, name), ...fields, int(20, type));
  if ('float' in value) return typed(1, message(varint((2 << 3) | 5), rawData('float32', [value.float])));
  if ('int' in value) return typed(2, int(3, value.int));
  if ('text' in value) return typed(3, text(4, value.text));
  if ('graph' in value) return typed(5, field(6, graphBody(value.graph)));
  return typed(7, ...value.ints.map((one) => int(8, one)));
}

/** Little-endian, as the format asks; so are all machines we run on. */
function rawData(type: ElementType, values: readonly number[] | Float32Array): Uint8Array {
  switch (type) {
    case 'float32':
      return new Uint8Array(Float32Array.from(values).buffer);
    case 'int32':
      return new Uint8Array(Int32Array.from(values).buffer);
    case 'int64':
      return new Uint8Array(BigInt64Array.from(Array.from(values, (value) => BigInt(value))).buffer);
    default:
      return Uint8Array.from(values); // a negative int8 wraps to its two's complement
  }
}

function message(...fields: readonly Uint8Array[]): Encoded {
  return new Uint8Array(Buffer.concat(fields));
}

/** A length-delimited field. */
function field(number: number, bytes: Uint8Array): Encoded {
  return message(varint((number << 3) | 2), varint(bytes.length), bytes);
}

function text(number: number, value: string): Encoded {
  return field(number, Buffer.from(value));
}

function int(number: number, value: number): Encoded {
  return message(varint(number << 3), varint(value));
}

/** Seven bits a byte, lowest first; a negative number is its 64-bit two's complement. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const low = Number(rest & 127n);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 128);
  } while (rest !== 0n);
  return Uint8Array.from(bytes);
}
