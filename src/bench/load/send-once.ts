// One request outside of any load, with its whole answer: for the checks before a run.

import { request as send } from 'undici';
import type { PreparedRequest } from '../prepared-request.ts';
import { authHeaders } from '../requests/auth-headers.ts';
import type { SendOnce } from '../requests/trial.ts';
import type { Target } from './load-job.ts';

/** Rejects: what the connection fails with; also at the end of the time limit, or with the reason of the signal. */
export function sendOnceTo({ url, apiKey, timeoutMs }: Target, signal: AbortSignal): SendOnce {
  const base = url.replace(/\/+$/, '');
  return async (prepared: PreparedRequest) => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const headers = { ...prepared.headers, ...(apiKey !== undefined && authHeaders(prepared.route, apiKey)) };
    const answer = await send(`${base}${prepared.path}`, { method: 'POST', headers, body: prepared.body, signal: limit });
    return { status: answer.statusCode, headers: answer.headers, body: Buffer.from(await answer.body.arrayBuffer()) };
  };
}
