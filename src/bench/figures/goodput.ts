// Which requests kept the service level. A rate that only counts answers rewards a server that answers too late to be of use.

import type { RequestRecord } from '../request-record.ts';
import type { Route, ServiceLevel } from '../scenario-schema.ts';
import { atPermille, sortedOf } from './spread.ts';

/** Routes that write text, judged by first token and gaps; the others are judged by latency. */
export function generates(route: Route): boolean {
  return route !== 'embeddings' && route !== 'predict';
}

/**
 * Whether one request kept the level. Only one that ended well can.
 *
 * * A stream: its first token came within `ttft_ms` of the intended start, and the p99 of its own gaps is within `itl_p99_ms`.
 * * Text in one piece: it was whole by the time at which a stream that just keeps the level would be, `ttft_ms` plus `itl_p99_ms` for every
 *   further token. So a server cannot pass by streaming less, nor fail for not streaming. Where it does not say how many tokens it wrote,
 *   none is granted beyond the first.
 * * Embeddings and predict: the latency is within `latency_ms`.
 */
export function keepsLevel(record: RequestRecord, level: ServiceLevel): boolean {
  if (record.outcome !== 'ok') return false;
  const latencyMs = record.endMs - record.intendedMs;
  if (!generates(record.route)) return latencyMs <= level.latency_ms;
  if (record.firstTokenMs === undefined) {
    return latencyMs <= level.ttft_ms + Math.max((record.tokensOut ?? 1) - 1, 0) * level.itl_p99_ms;
  }
  if (record.firstTokenMs - record.intendedMs > level.ttft_ms) return false;
  const gaps = sortedOf(gapsOf(record.tokenMs));
  return gaps.length === 0 || atPermille(gaps, 990) <= level.itl_p99_ms;
}

/** Times between the pieces of one stream: one fewer than there are pieces. */
export function gapsOf(tokenMs: readonly number[]): number[] {
  return tokenMs.slice(1).map((ms, index) => ms - (tokenMs[index] ?? ms));
}

/**
 * The share of requests that kept the level, of all that were intended to be answered: failures count against it, clients that were to
 * leave do not. 0 where there are none.
 */
export function goodput(measured: readonly RequestRecord[], level: ServiceLevel, windowS: number): { share: number; per_s: number } {
  const stayers = measured.filter((record) => record.leave === undefined);
  const kept = stayers.filter((record) => keepsLevel(record, level)).length;
  return { share: stayers.length === 0 ? 0 : kept / stayers.length, per_s: windowS > 0 ? kept / windowS : 0 };
}
