// Compares weight files with their sums before load: an altered file loads silently and answers wrongly.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { InferenceError } from '../core/errors.ts';
import type { WeightFile } from '../contract/config.ts';

/** Throws: weight_mismatch naming the file, what was expected and what was found. */
export async function verifyWeights(dir: string, weights: readonly WeightFile[]): Promise<void> {
  for (const weight of weights) await verifyFile(dir, weight);
}

async function verifyFile(dir: string, weight: WeightFile): Promise<void> {
  const path = resolve(dir, weight.path);
  if (relative(dir, path).startsWith('..')) {
    throw new InferenceError('weight_mismatch', `${weight.path}: expected a path inside the model folder`);
  }
  const size = await stat(path).then(
    (found) => found.size,
    () => undefined,
  );
  if (size === undefined) throw new InferenceError('weight_mismatch', `${weight.path}: expected ${weight.bytes} bytes, found no file`);
  if (size !== weight.bytes) throw new InferenceError('weight_mismatch', `${weight.path}: expected ${weight.bytes} bytes, found ${size}`);
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk);
  const sum = hash.digest('hex');
  if (sum !== weight.sha256) throw new InferenceError('weight_mismatch', `${weight.path}: expected sha256 ${weight.sha256}, found ${sum}`);
}
