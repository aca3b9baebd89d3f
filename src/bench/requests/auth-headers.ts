// The headers that carry a key. They are the sender's to add: a prepared request can be shown without telling a secret.

import type { Route } from '../scenario-schema.ts';

/** Servers of Anthropic's API look for the key in a header of its own, gateways before them in the usual one. */
export function authHeaders(route: Route, key: string): Readonly<Record<string, string>> {
  const bearer = { authorization: `Bearer ${key}` };
  return route === 'messages' ? { ...bearer, 'x-api-key': key } : bearer;
}
