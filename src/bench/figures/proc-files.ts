// The files that Linux tells about processes with, behind an interface, so that tests bring their own.

import { readdir, readFile, readlink } from 'node:fs/promises';

/** Everything is undefined or empty where it is not there or not allowed: processes end while they are read. */
export interface ProcFiles {
  read(path: string): Promise<string | undefined>;
  /** Names in a folder. */
  list(path: string): Promise<readonly string[]>;
  /** What a link points to. */
  link(path: string): Promise<string | undefined>;
}

/** Asynchronous, although these files are in memory: reading dozens in one go would delay the requests that this thread sends. */
export const systemProc: ProcFiles = {
  read: (path) => readFile(path, 'utf8').catch(() => undefined),
  list: (path) => readdir(path).catch(() => []),
  link: (path) => readlink(path).catch(() => undefined),
};

/** Fields of /proc/PID/stat from the third on, the state, since the second may hold spaces and brackets. Source: proc_pid_stat(5). */
export async function statFields(proc: ProcFiles, pid: number): Promise<readonly string[] | undefined> {
  const text = await proc.read(`/proc/${pid}/stat`);
  return text
    ?.slice(text.lastIndexOf(')') + 2)
    .trim()
    .split(' ');
}

/** A field by the number that the manual gives it, from 3. */
export function fieldNumber(fields: readonly string[], number: number): number {
  return Number(fields[number - 3] ?? Number.NaN);
}
