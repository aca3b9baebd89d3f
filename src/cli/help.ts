// What `heddle --help` prints, written from the table of options so that it cannot fall behind.

import { fileKeyOf, type OptionSpec, optionNames, optionTable, variableOf } from './options.ts';

/** The help of the command line, ready to print. */
export function helpText(): string {
  return `heddle: a TypeScript class becomes an HTTP API

Usage: heddle serve [options]

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

function optionLines(name: (typeof optionNames)[number]): string {
  const spec: OptionSpec = optionTable[name];
  const fallback =
    spec.default === undefined || (Array.isArray(spec.default) && spec.default.length === 0) ? '' : ` [${String(spec.default)}]`;
  const choices = spec.choices === undefined ? '' : ` (${spec.choices.join(', ')})`;
  if (spec.type === 'keys') return `  ${fileKeyOf(name).padEnd(19)} ${spec.doc}\n${' '.repeat(22)}in heddle.yaml alone`;
  return `  ${`--${name}`.padEnd(19)} ${spec.doc}${choices}${fallback}\n${' '.repeat(22)}${variableOf(name)}`;
}
