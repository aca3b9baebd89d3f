// Declared secrets, from the environment or from files. A missing one fails at load, by name.

import { readFile } from 'node:fs/promises';
import { InferenceError } from '../core/errors.ts';

/**
 * A file named in the configuration overrides the environment variable, so one that cannot be read is a problem: the
 * variable may hold another value. Throws: invalid_config naming each secret that is missing or unreadable.
 */
export async function resolveSecrets(declared: Readonly<Record<string, string | null>>): Promise<Record<string, string>> {
  const secrets: Record<string, string> = {};
  const missing: string[] = [];
  const problems: string[] = [];
  for (const [name, file] of Object.entries(declared)) {
    if (file === null) {
      const value = process.env[name] ?? process.env[name.toUpperCase()];
      if (value === undefined) missing.push(name);
      else secrets[name] = value;
      continue;
    }
    try {
      secrets[name] = (await readFile(file, 'utf8')).trim();
    } catch (error) {
      problems.push(`secrets.${name}: its file cannot be read (${reasonOf(error)})`);
    }
  }
  if (missing.length > 0) problems.unshift(`secrets: expected values for ${missing.join(', ')}, found none`);
  if (problems.length > 0) throw new InferenceError('invalid_config', problems.join('; '));
  return secrets;
}

/** Not the system's message: it quotes the path, and a secret written where its path belongs must not be told. */
function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unreadable';
}
