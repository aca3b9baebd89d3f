// What `heddle --help` prints, written from the table of options so that it cannot fall behind.

import { benchFlags } from './bench-options.ts';
import { fileKeyOf, type OptionSpec, optionNames, optionTable, variableOf } from './options.ts';

/** The help of the command line, ready to print. */
export function helpText(): string {
  return `heddle: a TypeScript class becomes an HTTP API

Usage: heddle serve [options]
       heddle bench URL [options]     (heddle bench --help)

Options (flag, else variable, else key in heddle.yaml, else default):
${optionNames.map(optionLines).join('\n')}
  --help              print this
  --version           print the version

heddle.yaml takes the same names with underscores: body_limit_bytes: 1048576

Exit codes:
  0    stopped, and every running request had ended or was cancelled
  1    failed to start
  2    wrong options
  137  killed itself (SIGKILL): native code still ran when it had to stop, a second signal came, or an error was not caught
`;
}

/** The help of `heddle bench`, ready to print. */
export function benchHelpText(): string {
  return `heddle bench: load for any server that speaks the routes of OpenAI or Anthropic, and what became of it

Usage: heddle bench URL [options]
       heddle bench [URL] --scenario FILE [options]
       heddle bench --self
       heddle bench --compare A.json B.json

Options:
${Object.entries(benchFlags)
  .map(([name, { doc }]) => `  ${`--${name}`.padEnd(19)} ${doc}`)
  .join('\n')}

Exit codes:
  0  measured, and no --fail-if holds
  1  answers were wrong, a --fail-if holds or could not be judged, or the run was stopped
  2  wrong options or a wrong scenario
`;
}

function optionLines(name: (typeof optionNames)[number]): string {
  const spec: OptionSpec = optionTable[name];
  const fallback =
    spec.default === undefined || (Array.isArray(spec.default) && spec.default.length === 0) ? '' : ` [${String(spec.default)}]`;
  const choices = spec.choices === undefined ? '' : ` (${spec.choices.join(', ')})`;
  if (spec.type === 'keys') return `  ${fileKeyOf(name).padEnd(19)} ${spec.doc}\n${' '.repeat(22)}in heddle.yaml alone`;
  return `  ${`--${name}`.padEnd(19)} ${spec.doc}${choices}${fallback}\n${' '.repeat(22)}${variableOf(name)}`;
}
