// The scripts and styles of the report, read from this package and from uPlot, to stand inside the one file.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

export interface Assets {
  readonly styles: readonly string[];
  /** Classic scripts first, then the page's own as one module. */
  readonly library: string;
  readonly page: string;
}

/** Each after those that it imports: they become one script, since a file that is opened from disk may import no other. */
export const pageModules = [
  'theme.mjs',
  'scales.mjs',
  'marks.mjs',
  'plot.mjs',
  'distributions.mjs',
  'over-time.mjs',
  'load.mjs',
  'page.mjs',
];

/** Throws: the system's error where a file of the package is missing. */
export function readAssets(): Assets {
  const text = (url: string) => readFileSync(new URL(url), 'utf8').trim();
  const page = (name: string) => text(new URL(`../page/${name}`, import.meta.url).href);
  const licence = `/*! uPlot, under this licence:\n\n${text(import.meta.resolve('uplot/LICENSE'))}\n*/`;
  return {
    styles: [`${licence}\n${text(import.meta.resolve('uplot/dist/uPlot.min.css'))}`, page('page.css')],
    library: `${licence}\n${text(import.meta.resolve('uplot/dist/uPlot.iife.min.js'))}`,
    page: joined(pageModules.map(page)),
  };
}

/** Modules of one file each as a single one. They import by name, and no two of them have a name at the top that is the same. */
function joined(modules: readonly string[]): string {
  return modules.map((source) => source.replace(/^import .*\n/gm, '').replace(/^export /gm, '')).join('\n\n');
}

/** For a content security policy: allows exactly this text. */
export function sourceHash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
