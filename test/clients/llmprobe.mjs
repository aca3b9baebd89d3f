// Runs llmprobe, a conformance suite for inference servers, on the shipped chat model, and prints what fails and the counts by level.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installed, run, serving } from './served.mjs';

const program = fileURLToPath(new URL('node_modules/llmprobe/bin/dist/llmprobe.mjs', import.meta.url));
// Of a model this small the engine's conformance is of interest, not its speed. Nothing is kept in the home folder or sent anywhere.
const flags = ['--model', 'smollm2', '--no-bench', '--no-save', '--no-color', '--timeout', '120', ...process.argv.slice(2)];

const folder = mkdtempSync(join(tmpdir(), 'heddle-llmprobe-'));
try {
  process.exitCode = await main(join(folder, 'report.json'));
} finally {
  rmSync(folder, { recursive: true });
}

/** Fails where the suite did not run to its end; what it finds is for the reader to judge. */
async function main(report) {
  if (!(await installed())) return 1;
  const code = await serving((url) => run(process.execPath, [program, url, '--save', report, ...flags]));
  const { conformance } = JSON.parse(readFileSync(report, 'utf8'));
  const failures = conformance.results.flatMap((result) => result.failures.map((failure) => ({ name: result.name, ...failure })));
  for (const { severity, name, label, message } of failures)
    process.stdout.write(`${severity} ${name}: ${label} (${message ?? 'failed'})\n`);
  const failed = (level) => failures.filter(({ severity }) => severity === level).length;
  const { passed, total, inconclusive } = conformance;
  const counts = [`MUST ${passed} of ${total}`, `SHOULD ${failed('SHOULD')} failed`, `MAY ${failed('MAY')} failed`];
  process.stdout.write(`\nllmprobe: ${counts.join(', ')}, ${inconclusive.length} checks inconclusive\n`);
  return code;
}
