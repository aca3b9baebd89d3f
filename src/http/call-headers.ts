// Request headers that steer a call, and those that its model may see.

import type { IncomingHttpHeaders } from 'node:http';
import { InferenceError } from '../core/errors.ts';
import { describeWord } from '../dialects/check.ts';

/** An integer header of our own, or undefined where it is absent. Throws: invalid_value. */
export function callHeader(headers: IncomingHttpHeaders, name: string, least: number, most: number): number | undefined {
  const text = headers[name];
  if (text === undefined) return undefined;
  const value = typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new InferenceError('invalid_value', `expected an integer ${range} in ${name}, got ${describeWord(text)}`, { param: name });
}

/** All headers as single strings, without the client's key. */
export function modelHeaders(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  const visible: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || name === 'authorization' || name === 'x-api-key') continue;
    visible[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return visible;
}
