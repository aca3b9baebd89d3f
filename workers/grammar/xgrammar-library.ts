// Loads the grammar library. Its file is UMD inside a package of ES modules, so neither import nor require can read it as it is.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type * as XGrammar from '@mlc-ai/web-xgrammar';

export type GrammarLibrary = Pick<typeof XGrammar, 'Grammar' | 'GrammarCompiler' | 'GrammarMatcher' | 'TokenizerInfo'>;

const require = createRequire(import.meta.url);

/**
 * A fresh instance with its own WebAssembly memory: the library aborts its whole instance at an input that it cannot read.
 * Leaves no globals behind. `onError`: hears what it prints on errors, which names files of the machine that built it, and may hold what a
 * client sent.
 */
export function openGrammarLibrary(onError: (line: string) => void = () => {}): GrammarLibrary {
  const file = require.resolve('@mlc-ai/web-xgrammar');
  const heard: Pick<Console, 'log' | 'warn' | 'error'> = { log: () => {}, warn: () => {}, error: (line) => onError(String(line)) };
  // What it loads by itself, Node's own modules, is handed in: evaluated code may not load any without an experimental option.
  const source = readFileSync(file, 'utf8')
    .replaceAll(/\bimport(?=\()/g, '__load')
    .replaceAll('import.meta.url', '__filename');
  const exports: Record<string, unknown> = {};
  const evaluate = new Function('exports', 'module', 'require', '__filename', '__dirname', 'console', '__load', source);
  evaluate(exports, { exports }, createRequire(file), file, file, heard, async (name: string) => require(name));
  // What this file exports is what its declarations say.
  return exports as unknown as GrammarLibrary;
}
