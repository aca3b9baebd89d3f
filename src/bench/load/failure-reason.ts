// Short, countable reasons of what went wrong: codes and phases, never the text of a message.

/** A code of a server or of a connection. What is longer or has spaces is text. */
const identifier = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;

/** So much of an error's body is read; the rest is counted, not kept. */
export const mostErrorBytes = 16_384;

/** `status 429 rate_limit_exceeded`: with the `code` or else the `type` of the error in the body, where it has one that is a code. */
export function rejectionReason(status: number, body: string): string {
  const code = errorCodeIn(body);
  return code === undefined ? `status ${status}` : `status ${status} ${code}`;
}

/** Where a connection failed. */
export type FailurePhase = 'while connecting' | 'before the answer' | 'in the answer';

/** `ECONNREFUSED while connecting`. */
export function connectionReason(error: Error, phase: FailurePhase): string {
  const code: unknown = 'code' in error ? error.code : undefined;
  return `${typeof code === 'string' && identifier.test(code) ? code : error.name} ${phase}`;
}

function errorCodeIn(body: string): string | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return undefined;
  }
  const error = property(parsed, 'error');
  for (const holder of [error, parsed]) {
    for (const key of ['code', 'type']) {
      const value = property(holder, key);
      // An Anthropic reply says of itself that its type is `error`; that is no news.
      if (typeof value === 'string' && identifier.test(value) && value !== 'error') return value;
    }
  }
  return undefined;
}

function property(holder: unknown, key: string): unknown {
  return typeof holder === 'object' && holder !== null && Object.hasOwn(holder, key) ? Reflect.get(holder, key) : undefined;
}
