// The JSON files that come beside a graph: an object, or an error that names the file.

import { readFile } from 'node:fs/promises';

/** Throws: Error naming the file when it cannot be read or holds no object. Every field is checked where it is read. */
export async function readJsonObject(path: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await readFile(path, 'utf8');
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new Error(`expected JSON in ${path}`, { cause: error });
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new Error(`expected a JSON object in ${path}`);
  return parsed as Record<string, unknown>; // checked above
}

/** An absent file is an empty object: its defaults hold. Throws: as {@link readJsonObject} for a file that is there. */
export async function readJsonObjectIfThere(path: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await readJsonObject(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw error;
  }
}
