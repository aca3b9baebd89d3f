// Module hooks: `heddle` and `heddle/…` mean the running package, and `.ts` files of models lose their types.

import { readFile } from 'node:fs/promises';
import type { LoadHook, ResolveHook } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'amaro';

export const resolve: ResolveHook = (specifier, context, next) => {
  // Resolved as if from inside this package, whose own name its `exports` answer to.
  if (specifier === 'heddle' || specifier.startsWith('heddle/')) return next(specifier, { ...context, parentURL: import.meta.url });
  return next(specifier, context);
};

export const load: LoadHook = async (url, context, next) => {
  if (!url.startsWith('file:') || !/\.m?ts(\?|$)/.test(url)) return next(url, context);
  const file = fileURLToPath(url);
  const source = transformSync(await readFile(file, 'utf8'), { mode: 'strip-only', filename: file }).code;
  return { format: 'module', source, shortCircuit: true };
};
