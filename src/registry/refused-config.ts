// What is known of a folder whose configuration was refused: enough to list it, so that what is missing can be seen.

import { readFile } from 'node:fs/promises';
import { basename, join, resolve, sep } from 'node:path';
import { Check, Default } from 'typebox/value';
import { configSchema, type ModelConfig } from '../contract/config.ts';
import { readYamlLeniently } from '../contract/read-yaml.ts';

export interface RefusedConfig {
  /** Its own name where that can be read, then its folder's. */
  readonly names: readonly string[];
  /** Whether the server waits for it. */
  readonly required: boolean;
}

/** Never throws: of a file that is no YAML the folder's name is left. */
export async function readRefusedConfig(dir: string): Promise<RefusedConfig> {
  const value = await readFile(join(dir, 'config.yaml'), 'utf8').then(readYamlLeniently, () => undefined);
  const { model_name: name, required } = Object(value) as Readonly<Record<string, unknown>>; // any object has members, whatever they are
  const named = Check(configSchema.properties.model_name, name) && typeof name === 'string' ? [name] : [];
  return { names: [...new Set([...named, basename(resolve(dir))])], required: required !== false };
}

/** The configuration of a model that is listed and never loaded. */
export function listedConfig(name: string, required: boolean): ModelConfig {
  return Default(configSchema, { model_name: name, required }) as ModelConfig; // the one key without a default is there
}

/** Why, in one line, without the path of the folder: clients read it. */
export function refusalOf(dir: string, error: unknown): string {
  const [place = '', ...problems] = (error instanceof Error ? error.message : String(error)).split('\n');
  const where = place.replace(`${join(dir, sep)}`, '').replace(`${dir}: `, '');
  return problems.length === 0 ? where : `${where} ${problems.map((problem) => problem.trim()).join('; ')}`;
}
