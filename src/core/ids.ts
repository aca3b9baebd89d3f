// Ids that appear on the wire and in the log.

import { randomBytes } from 'node:crypto';

export type RequestId = string & { readonly __brand: 'RequestId' };

/** A new request id: `req_` and 24 hexadecimal digits. */
export function newRequestId(): RequestId {
  return newId('req') as RequestId; // the brand's only door
}

/** A new wire id such as `chatcmpl-…` is `newId('chatcmpl', '-')`. */
export function newId(prefix: string, separator = '_'): string {
  return `${prefix}${separator}${randomBytes(12).toString('hex')}`;
}

const echoable = /^[A-Za-z0-9._:-]{1,128}$/;

/** A client's own request id, if it is safe to log and to echo; else undefined. */
export function echoableId(candidate: string | undefined): string | undefined {
  return candidate !== undefined && echoable.test(candidate) ? candidate : undefined;
}
