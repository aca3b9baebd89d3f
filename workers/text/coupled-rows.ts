// Whether the rows of a batch see each other in a graph: known before it runs, from the operators its file names.

import { createReadStream } from 'node:fs';

// Both take one scale for a whole activation tensor, so that a long or loud row takes precision from its neighbours: a
// text's vector comes out otherwise beside others than alone, down to cosine 0.95. The first is what quantizers write,
// the second what the runtime makes of it and saves in optimized files.
const coupling = ['DynamicQuantizeLinear', 'DynamicQuantizeMatMul'];

/**
 * Reads an ONNX file for operators that quantize activations by one scale per tensor. Throws: Error when the file cannot be read.
 *
 * The name alone would fool: quantizers put it into names of nodes and tensors too, also of nodes that replaced such an
 * operator. So the field is looked for: in the protobuf of a node, `op_type` is field 4, written as the byte 0x22 (4 << 3 | 2,
 * a text), its length and the text. Weights that hold these 23 bytes by chance are not to be expected, and cost no more than
 * batching. Graphs within graphs and functions write their nodes alike; weights beside the graph hold no nodes.
 */
export async function hasCoupledRows(path: string): Promise<boolean> {
  const fields = coupling.map((op) => Buffer.concat([Buffer.of(0x22, op.length), Buffer.from(op)]));
  const overlap = Math.max(...fields.map((field) => field.length)) - 1;
  let tail = Buffer.alloc(0);
  // By pieces, since a graph with its weights inside may be as large as 2 GiB.
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    const bytes = Buffer.concat([tail, piece]);
    if (fields.some((field) => bytes.includes(field))) return true;
    tail = bytes.subarray(-overlap);
  }
  return false;
}
