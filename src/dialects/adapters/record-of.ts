// Looks into JSON whose form is not proven.

import { isRecord } from '../schema-fit.ts';

export type Json = Readonly<Record<string, unknown>>;

/** The value where it is an object; undefined for everything else, lists included. */
export function recordOf(value: unknown): Json | undefined {
  return isRecord(value) ? value : undefined;
}
