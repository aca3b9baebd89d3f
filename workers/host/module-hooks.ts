// Module hooks: `heddle` and `heddle/…` mean the running package, and `.ts` files of models lose their types.

import { readFile } from 'node:fs/promises';
import type { LoadHook, ResolveHook } from 'node:module';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/wasm-typescript';

export const resolve: ResolveHook = (specifier, context, next) => {
  // Resolved as if from inside this package, whose own name its `exports` answer to.
  if (specifier === 'heddle' || specifier.startsWith('heddle/')) return next(specifier, { ...context, parentURL: import.meta.url });
  return next(specifier, context);
};

export const load: LoadHook = async (url, context, next) => {
  if (!url.startsWith('file:') || !/\.m?ts(\?|$)/.test(url)) return next(url, context);
  const file = fileURLToPath(url);
  return { format: 'module', source: stripTypes(await readFile(file, 'utf8'), file), shortCircuit: true };
};

/** Throws: SyntaxError with the place of the mistake. */
function stripTypes(source: string, file: string): string {
  try {
    return transformSync(source, { mode: 'strip-only', filename: file }).code;
  } catch (mistake) {
    throw new SyntaxError(`${basename(file)}${placeOf(mistake)}`, { cause: mistake });
  }
}

/** The transform throws plain objects, of which nothing but "[object Object]" would arrive in a message. */
function placeOf(mistake: unknown): string {
  const { message, startLine } = Object(mistake) as Readonly<Record<string, unknown>>; // each is looked at before use
  const place = typeof startLine === 'number' ? `:${startLine}` : '';
  return `${place}: ${typeof message === 'string' ? message : 'cannot be read as TypeScript'}`;
}
