// Runs the client matrix: installs the client packages here, serves models/ with this Node, and tests under Node 24.
// Plain JavaScript, because the repository's own Node runs it; the clients need a newer one than that may be.

import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { installed, run, serving } from './served.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const words = process.argv.slice(2);
const folders = { matrix: '.matrix.ts', breaks: '.breaks.ts' };

// Without a word: what the server serves today.
const wanted = words.length === 0 ? ['.matrix.ts', '.breaks.ts'] : words.map((word) => folders[word] ?? word);
const files = readdirSync(here).filter((file) => /\.(matrix|breaks)\.ts$/.test(file) && wanted.some((word) => file.includes(word)));

process.exitCode = await main();

async function main() {
  if (files.length === 0) {
    process.stderr.write(`expected matrix, breaks or a part of a file name, got ${words.join(' ')}\n`);
    return 2;
  }
  if (!(await installed())) return 1;
  return serving((url) => run(...node24(['--test', '--test-isolation=none', ...reporters(), ...files]), { env: { HEDDLE_URL: url } }));
}

function reporters() {
  return ['--test-reporter=./table-reporter.mjs', '--test-reporter-destination=stdout'];
}

/** This Node where it strips types and the clients accept it, else the one that npm brings as a package. */
function node24(args) {
  const [major = 0] = process.versions.node.split('.').map(Number);
  // The binary is put in place by the package's install script, which the repository's .npmrc turns off.
  return major >= 24 ? [process.execPath, args] : ['npx', ['--ignore-scripts=false', '--yes', '--package=node@24', 'node', ...args]];
}
