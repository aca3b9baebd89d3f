// Compares weight files with their sums before load: an altered file loads silently and answers wrongly.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { InferenceError } from '../core/errors.ts';
import type { WeightFile } from '../contract/config.ts';

/** Throws: weight_mismatch naming the file, what was expected and what was found. */
export async function verifyWeights(dir: string, weights: readonly WeightFile[]): Promise<void> {
  for (const weight of weights) await verifyFile(dir, weight);
}

async function verifyFile(dir: string, weight: WeightFile): Promise<void> {
  const path = resolve(dir, weight.path);
  if (!isInside(dir, path)) throw mismatch(weight, 'expected a path inside the model folder');
  const real = await realpath(path).catch(() => undefined);
  const found = real === undefined ? undefined : await stat(real);
  if (real === undefined || found === undefined || !found.isFile()) {
    throw mismatch(weight, `expected ${weight.bytes} bytes, found no file`);
  }
  // By what the links lead to, the folder's own included: a link may stay inside, and the folder itself may be one.
  if (!isInside(await realpath(dir), real)) throw mismatch(weight, 'expected a file inside the model folder, found a link out of it');
  if (found.size !== weight.bytes) throw mismatch(weight, `expected ${weight.bytes} bytes, found ${found.size}`);
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(real, { highWaterMark: 1 << 20 })) hash.update(chunk);
  const sum = hash.digest('hex');
  if (sum !== weight.sha256) throw mismatch(weight, `expected sha256 ${weight.sha256}, found ${sum}`);
}

function isInside(dir: string, path: string): boolean {
  const way = relative(dir, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function mismatch(weight: WeightFile, problem: string): InferenceError {
  return new InferenceError('weight_mismatch', `${weight.path}: ${problem}`);
}
