// Declared secrets, from the environment or from files. A missing one fails at load, by name.

import { readFile } from 'node:fs/promises';
import { InferenceError } from '../core/errors.ts';

/** A file named in the configuration overrides the environment variable. Throws: invalid_config naming each that is missing. */
export async function resolveSecrets(declared: Readonly<Record<string, string | null>>): Promise<Record<string, string>> {
  const secrets: Record<string, string> = {};
  const missing: string[] = [];
  for (const [name, file] of Object.entries(declared)) {
    const value = (file === null ? undefined : await readSecret(file)) ?? process.env[name] ?? process.env[name.toUpperCase()];
    if (value === undefined) missing.push(name);
    else secrets[name] = value;
  }
  if (missing.length > 0) throw new InferenceError('invalid_config', `secrets: expected values for ${missing.join(', ')}, found none`);
  return secrets;
}

async function readSecret(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  );
}
