// What the JSON files beside a decoder say about it: its context, where text begins and which tokens end it.

import { join } from 'node:path';
import { readJsonObject, readJsonObjectIfThere } from './json-file.ts';

export interface ModelFacts {
  readonly contextTokens: number;
  readonly bosId: number | undefined;
  /** Tokens that end a text. */
  readonly stopIds: ReadonlySet<number>;
}

/** Reads `config.json` and, where it exists, `generation_config.json`. Throws: Error naming the file or the field that is wrong. */
export async function readModelFacts(dataDir: string): Promise<ModelFacts> {
  const path = join(dataDir, 'config.json');
  const config = await readJsonObject(path);
  const generation = await readJsonObjectIfThere(join(dataDir, 'generation_config.json'));
  const contextTokens = config['max_position_embeddings'];
  if (typeof contextTokens !== 'number') throw new Error(`expected max_position_embeddings in ${path}, a number`);
  const bos = config['bos_token_id'];
  return {
    contextTokens,
    bosId: typeof bos === 'number' ? bos : undefined,
    stopIds: new Set(idsOf(generation['eos_token_id'] ?? config['eos_token_id'])),
  };
}

function idsOf(value: unknown): number[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((id) => typeof id === 'number');
}
