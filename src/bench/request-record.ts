// What is known of one request when it is over: the raw material of every figure, and one line of the JSON lines file.

import type { Leave, Route } from './scenario-schema.ts';

/**
 * How a request ended. `rejected`: an answer with a status of 400 or more. `timeout`: no end within the limit. `connection_error`: the
 * connection failed before the answer was whole and no truncation was seen. `wrong_answer`: whole, but not what was asked for.
 * `truncated`: it began well and ended without its terminator, or shorter than it said. `cancelled`: the client left on purpose.
 */
export const outcomes = ['ok', 'rejected', 'timeout', 'connection_error', 'wrong_answer', 'truncated', 'cancelled'] as const;
export type Outcome = (typeof outcomes)[number];

/** Times are ms since the start of the run, on the client's monotonic clock; one that did not come is absent. */
export interface RequestRecord {
  /** Place in the step, from 0, over all client threads. */
  readonly index: number;
  readonly workload: string;
  readonly route: Route;
  readonly model?: string;
  readonly isWarmup: boolean;
  /** When the schedule wanted it sent. In a closed loop, when the client was free. Latency counts from here. */
  readonly intendedMs: number;
  /** When its bytes were handed to a connection. */
  readonly sentMs: number;
  readonly firstByteMs?: number;
  readonly firstTokenMs?: number;
  /** One for each piece of a stream that held output, the first included. Empty where nothing streams. */
  readonly tokenMs: readonly number[];
  readonly endMs: number;
  readonly status?: number;
  readonly outcome: Outcome;
  /** Why it is not ok, or at what phase the client left. Never text of a prompt or an answer. */
  readonly reason?: string;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** Texts embedded; 1 elsewhere. */
  readonly items: number;
  /** As the server counts them. */
  readonly tokensIn?: number;
  readonly tokensOut?: number;
  readonly leave?: Leave['phase'];
  /** Phase times that the server told, by name (`server-timing`). */
  readonly serverMs?: Readonly<Record<string, number>>;
}
