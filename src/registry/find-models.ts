// Finds the model folders of a model repository.

import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceError } from '../core/errors.ts';
import { nearest } from '../core/nearest.ts';

/**
 * Folders of `modelsDir` that hold a `config.yaml`, sorted; with `only`, those of these folder names.
 * Throws: invalid_config when the repository cannot be read, or a name of `only` is not in it.
 */
export async function findModels(modelsDir: string, only: readonly string[] = []): Promise<string[]> {
  const entries = await readdir(modelsDir, { withFileTypes: true }).catch((cause: unknown) => {
    throw new InferenceError('invalid_config', `expected a folder of models at ${modelsDir}`, { cause });
  });
  if (await isModel(modelsDir)) {
    throw new InferenceError('invalid_config', `expected a folder of model folders at ${modelsDir}, got a model; name the folder above it`);
  }
  const names: string[] = [];
  for (const entry of entries) if (await isModel(join(modelsDir, entry.name))) names.push(entry.name);
  for (const wanted of only) {
    if (names.includes(wanted)) continue;
    const near = nearest(wanted, names);
    const hint = near === undefined ? `there are: ${names.join(', ')}` : `did you mean "${near}"?`;
    throw new InferenceError('invalid_config', `${modelsDir} has no model "${wanted}"; ${hint}`);
  }
  return names
    .filter((name) => only.length === 0 || only.includes(name))
    .sort()
    .map((name) => join(modelsDir, name));
}

async function isModel(dir: string): Promise<boolean> {
  return stat(join(dir, 'config.yaml')).then(
    (found) => found.isFile(),
    () => false,
  );
}
