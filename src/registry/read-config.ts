// Reads a model folder's `config.yaml`: all problems at once, defaults filled in.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Default } from 'typebox/value';
import { InferenceError } from '../core/errors.ts';
import { nearest } from '../core/nearest.ts';
import { configSchema, type ModelConfig } from '../contract/config.ts';
import { methodNames, methods } from '../contract/methods.ts';
import { configProblems } from './config-problems.ts';
import { readYaml } from './read-yaml.ts';

// A name that ends like a route could never be reached by its path.
const reservedSuffixes = [...methodNames.map((name) => methods[name].path), '/loaded', '/schema', '/websocket', ':predict'];

/** Throws: invalid_config with one line per problem. */
export async function readModelConfig(dir: string): Promise<ModelConfig> {
  const file = join(dir, 'config.yaml');
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new InferenceError('invalid_config', `${file}: expected a readable file`, { cause });
  });
  const { value: written, mistakes } = readYaml(text);
  if (mistakes.length > 0)
    throw invalid(
      file,
      mistakes.map((mistake) => `expected valid YAML, got ${mistake}`),
    );
  const value: unknown = Default(configSchema, written ?? {});
  const problems = configProblems(configSchema, value);
  if (problems.length > 0) throw invalid(file, problems);
  const config = value as ModelConfig; // proved by the schema just above
  const more = [...aliasProblems(config), ...methodProblems(config)];
  if (more.length > 0) throw invalid(file, more);
  return config;
}

function aliasProblems(config: ModelConfig): string[] {
  return config.aliases.flatMap((alias, index) => {
    const at = `aliases[${index}]`;
    const suffix = reservedSuffixes.find((reserved) => alias.endsWith(reserved));
    if (suffix !== undefined) return [`${at}: expected a name that does not end in "${suffix}"`];
    if (alias === config.model_name) return [`${at}: expected another name than model_name, got "${alias}" again`];
    const first = config.aliases.indexOf(alias);
    return first < index ? [`${at}: expected different names, got "${alias}" of aliases[${first}] again`] : [];
  });
}

function methodProblems(config: ModelConfig): string[] {
  const known: readonly string[] = [...methodNames, ...methodNames.map((name) => methods[name].alias ?? name)];
  return Object.keys(config.runtime.concurrency).flatMap((key) => {
    if (key === 'predict') return ['runtime.concurrency.predict: expected predict in runtime.predict_concurrency'];
    if (known.includes(key)) return [];
    const near = nearest(key, known);
    return [`runtime.concurrency.${key}: unknown method${near === undefined ? '' : `; did you mean "${near}"?`}`];
  });
}

function invalid(file: string, problems: readonly string[]): InferenceError {
  return new InferenceError('invalid_config', [`${file}:`, ...problems.map((problem) => `  ${problem}`)].join('\n'));
}
