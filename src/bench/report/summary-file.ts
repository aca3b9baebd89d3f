// The summary of a run as a JSON file: whole or not there, since a comparison that reads half of one would compare nonsense.

import { rename, rm, writeFile } from 'node:fs/promises';
import type { RunSummary } from '../run-summary.ts';
import { withoutCredentials, withoutTexts } from './without-texts.ts';

/** The summary as text, for a file as for a terminal: texts of the scenario and credentials are left out. */
export function summaryJson(summary: RunSummary): string {
  const shown: RunSummary = { ...summary, target: withoutCredentials(summary.target), scenario: withoutTexts(summary.scenario) };
  return `${JSON.stringify(shown, undefined, 2)}\n`;
}

/**
 * Replaces the file in one step.
 * Throws: the system's error, and then the old file is still there.
 */
export async function writeSummary(path: string, summary: RunSummary): Promise<void> {
  // In the same folder: a rename is only atomic within one file system.
  const unfinished = `${path}.${process.pid}.unfinished`;
  try {
    await writeFile(unfinished, summaryJson(summary));
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
