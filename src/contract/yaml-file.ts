// Reads a YAML file that people write, and words what is wrong with one: a model's configuration, a scenario of the load generator.

import { readFile } from 'node:fs/promises';
import { InferenceError } from '../core/errors.ts';
import { readYaml } from './read-yaml.ts';

/** Throws: invalid_config when the file cannot be read, or with one line per problem of its YAML. An empty file is an empty object. */
export async function readYamlFile(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new InferenceError('invalid_config', `${file}: expected a readable file`, { cause });
  });
  const { value, mistakes } = readYaml(text);
  if (mistakes.length > 0) {
    throw invalidFile(
      file,
      mistakes.map((mistake) => `expected valid YAML, got ${mistake}`),
    );
  }
  return value ?? {};
}

/** All problems of one file in one error. */
export function invalidFile(file: string, problems: readonly string[]): InferenceError {
  return new InferenceError('invalid_config', [`${file}:`, ...problems.map((problem) => `  ${problem}`)].join('\n'));
}
