// Optional API keys: `Authorization: Bearer …` or `x-api-key`, on every route.

import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { InferenceError } from '../core/errors.ts';

/** Keys by the name that the log shows for them. */
export type ApiKeys = Readonly<Record<string, string>>;

/**
 * Returns a check that gives the name of the request's key, or null where no keys are set.
 * Throws (the check): invalid_api_key.
 */
export function keyCheck(keys: ApiKeys): (headers: IncomingHttpHeaders) => string | null {
  const known = Object.entries(keys).map(([name, key]) => ({ name, digest: digestOf(key) }));
  if (known.length === 0) return () => null;
  return (headers) => {
    const given = givenKey(headers);
    if (given === undefined) {
      // What came may be a key, and is not repeated.
      const got = (headers.authorization ?? '') === '' ? 'none' : 'an Authorization header without Bearer and one key';
      throw new InferenceError('invalid_api_key', `expected an API key in Authorization (Bearer) or x-api-key, got ${got}`);
    }
    const digest = digestOf(given);
    let name: string | null = null;
    // Digests have one length, and every key is compared: neither length nor position shows in the time.
    for (const key of known) if (timingSafeEqual(key.digest, digest)) name = key.name;
    if (name === null) throw new InferenceError('invalid_api_key', 'expected a known API key, got an unknown one');
    return name;
  };
}

function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

function givenKey(headers: IncomingHttpHeaders): string | undefined {
  const bearer = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  const own = headers['x-api-key'];
  return typeof own === 'string' && own !== '' ? own : undefined;
}
