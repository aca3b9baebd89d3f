// Reads a YAML file that people write, and words what is wrong with one: a model's configuration, a scenario of the load generator.

import { readFile } from 'node:fs/promises';
import { parseDocument } from 'yaml';
import { InferenceError } from '../core/errors.ts';

/** Throws: invalid_config when the file cannot be read, or with one line per problem of its YAML. An empty file is an empty object. */
export async function readYamlFile(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new InferenceError('invalid_config', `${file}: expected a readable file`, { cause });
  });
  return parse(file, text) ?? {};
}

/** All problems of one file in one error. */
export function invalidFile(file: string, problems: readonly string[]): InferenceError {
  return new InferenceError('invalid_config', [`${file}:`, ...problems.map((problem) => `  ${problem}`)].join('\n'));
}

/** A warning counts as well: what YAML cannot resolve it reads as something else than what was written. */
function parse(file: string, text: string): unknown {
  const document = parseDocument(text);
  const problems = [...document.errors, ...document.warnings];
  if (problems.length > 0) throw invalidFile(file, problems.map(firstLine));
  try {
    return document.toJS();
  } catch (error) {
    // An alias without its anchor, or so many that the file would grow without bound.
    throw invalidFile(file, [firstLine(error)]);
  }
}

/** The library shows the place in the lines that follow, ending the first one with a colon. */
function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : 'expected valid YAML';
  return message.split('\n', 1)[0]?.replace(/:$/, '') ?? message;
}
