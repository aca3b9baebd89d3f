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
  return { format: 'module', source: withoutTypes(await readFile(file, 'utf8'), file), shortCircuit: true };
};

/** Throws: SyntaxError with file and line. */
function withoutTypes(source: string, file: string): string {
  try {
    return transformSync(source, { mode: 'strip-only', filename: file }).code;
  } catch (error) {
    // The compiler throws a plain object, which would arrive as "[object Object]".
    if (error instanceof Error || typeof error !== 'object' || error === null) throw error;
    const line = 'startLine' in error ? `:${error.startLine}` : '';
    throw new SyntaxError(`${file}${line}: ${'message' in error ? error.message : 'expected TypeScript'}`);
  }
}
