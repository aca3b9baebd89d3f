// What the JSON files beside a decoder say about it: its context, where text begins and which tokens end it.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface ModelFacts {
  readonly contextTokens: number;
  readonly bosId: number | undefined;
  /** Tokens that end a text. */
  readonly stopIds: ReadonlySet<number>;
}

/** Reads `config.json` and, where it exists, `generation_config.json`. Throws: Error naming the file or the field that is wrong. */
export async function readModelFacts(dataDir: string): Promise<ModelFacts> {
  const path = join(dataDir, 'config.json');
  const config = record(await readFile(path, 'utf8'), path);
  const generation = await readGeneration(join(dataDir, 'generation_config.json'));
  const contextTokens = config['max_position_embeddings'];
  if (typeof contextTokens !== 'number') throw new Error(`expected max_position_embeddings in ${path}, a number`);
  const bos = config['bos_token_id'];
  return {
    contextTokens,
    bosId: typeof bos === 'number' ? bos : undefined,
    stopIds: new Set(idsOf(generation['eos_token_id'] ?? config['eos_token_id'])),
  };
}

async function readGeneration(path: string): Promise<Record<string, unknown>> {
  try {
    return record(await readFile(path, 'utf8'), path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw error;
  }
}

function record(text: string, path: string): Record<string, unknown> {
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== 'object' || parsed === null) throw new Error(`expected a JSON object in ${path}`);
  return parsed as Record<string, unknown>; // checked above
}

function idsOf(value: unknown): number[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((id) => typeof id === 'number');
}
