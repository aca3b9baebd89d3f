// How many tokens an answer had, where the server may not have said.

import type { RequestRecord } from '../request-record.ts';

/**
 * As the server counts them; else the pieces of the stream, which are as many where each holds one token. Undefined for an answer in one
 * piece without a count.
 */
export function tokensOutOf(record: RequestRecord): number | undefined {
  return record.tokensOut ?? (record.tokenMs.length > 0 ? record.tokenMs.length : undefined);
}
