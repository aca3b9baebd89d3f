// A storm: many clients come at once and a share of them leaves. Three loads are compared, round by round: that storm, the same of which nobody
// leaves (calm), and those alone who stay. How near the storm comes to the last one tells how much of what the leavers held was given back.

import type { Clock } from '../../core/clock.ts';
import { seededRandom } from '../../core/seeded-random.ts';
import type { OpenRequests } from '../load/open-requests.ts';
import type { RequestRecord } from '../request-record.ts';
import type { Leave } from '../scenario-schema.ts';

export interface StormPlan {
  readonly clients: number;
  readonly leave: Leave;
  readonly rounds: number;
  readonly seed: number;
}

export interface StormParts {
  /** New connections for each load, as for clients that have just come. `salt` makes the requests of a round its own. */
  readonly open: (salt: number) => OpenRequests;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export const variants = ['storm', 'calm', 'alone'] as const;
export type Variant = (typeof variants)[number];

/** One load of one round. Times are ms on the clock of the records. */
export interface StormRound {
  readonly variant: Variant;
  readonly round: number;
  readonly fromMs: number;
  /** The server was at rest again. */
  readonly untilMs: number;
  /** Of all clients, and after them those who came when the last leaver had gone. */
  readonly records: readonly RequestRecord[];
  /** First token or answer of the first of those who came afterwards, from when it was sent. */
  readonly probeMs?: number;
}

// A client that leaves while it is queued does so soon; one before its first token at half the time that a first token takes.
const usualQueuedMs = 20;
const soonShare = 0.5;
// The server counts as at rest when a lone request is about as fast as it was before the first storm.
const restTries = 20;
const restShare = 1.5;
const restMs = 20;

/** Rejects: with the reason of the signal. */
export async function stormRounds(plan: StormPlan, parts: StormParts, onRound: (round: StormRound) => void): Promise<StormRound[]> {
  const leavers = chooseLeavers(plan);
  const idleMs = await restingMs(parts);
  const rounds: StormRound[] = [];
  // From the start of a storm to its last leave: the others get their probe as late.
  let leftAfterMs = 0;
  for (let round = 0; round < plan.rounds; round++) {
    // The storm is first in the first round, since the others need to know when its clients left; then each is first in turn.
    for (let turn = 0; turn < variants.length; turn++) {
      const variant = variants[(round + turn) % variants.length] ?? 'storm';
      const requests = parts.open(round + 1);
      try {
        const fromMs = requests.now();
        const stays = (index: number): boolean => !leavers.has(index);
        const all = Array.from({ length: plan.clients }, (_, index) => index);
        const present = variant === 'alone' ? all.filter(stays) : all;
        for (const index of present) requests.send(index, variant === 'storm' && !stays(index) ? plan.leave.phase : undefined);
        if (variant === 'storm') {
          await leaveInPhase(requests, [...leavers], plan.leave, idleMs, parts);
          leftAfterMs = requests.now() - fromMs;
        } else await pause(parts, Math.max(0, leftAfterMs - (requests.now() - fromMs)));
        const probe = plan.clients;
        requests.send(probe);
        const records = await requests.ended([...present, probe], parts.signal);
        const probeMs = firstOutputMs(records.find(({ index }) => index === probe));
        await restingMs(parts, idleMs);
        const told = { variant, round, fromMs, untilMs: requests.now(), records, ...(probeMs !== undefined && { probeMs }) };
        rounds.push(told);
        onRound(told);
      } finally {
        await requests.close();
      }
    }
  }
  return rounds;
}

/** The same clients in every round and load, so that those who stay are compared with themselves. At least one leaves, at least one stays. */
export function chooseLeavers({ clients, leave, seed }: Pick<StormPlan, 'clients' | 'leave' | 'seed'>): ReadonlySet<number> {
  const random = seededRandom(seed);
  const order = Array.from({ length: clients }, (_, index) => ({ index, key: random() })).sort((a, b) => a.key - b.key);
  const count = Math.min(clients - 1, Math.max(1, Math.round(clients * leave.share)));
  return new Set(order.slice(0, count).map(({ index }) => index));
}

async function leaveInPhase(
  requests: OpenRequests,
  leavers: readonly number[],
  leave: Leave,
  idleMs: number,
  parts: StormParts,
): Promise<void> {
  if (leave.phase === 'mid_stream') {
    // Each at its own moment: they are served one after the other.
    const leaves = leavers.map(async (index) => {
      await requests.reached([index], ({ pieces }) => pieces >= leave.after_tokens, parts.signal);
      requests.leaveAll([index]);
    });
    await Promise.all(leaves);
    return;
  }
  await pause(parts, leave.after_ms ?? (leave.phase === 'queued' ? usualQueuedMs : idleMs * soonShare));
  requests.leaveAll(leavers);
}

/** Sends lone requests until one is as fast as `idleMs`; without that, the best of a few. Resolves with the first output of the last. */
async function restingMs(parts: StormParts, idleMs?: number): Promise<number> {
  const requests = parts.open(0);
  try {
    let best = Number.POSITIVE_INFINITY;
    for (let index = 0; index < (idleMs === undefined ? 3 : restTries); index++) {
      requests.send(index);
      const [record] = await requests.ended([index], parts.signal);
      best = Math.min(best, firstOutputMs(record) ?? Number.POSITIVE_INFINITY);
      if (idleMs !== undefined && best <= idleMs * restShare + restMs) break;
    }
    return best;
  } finally {
    await requests.close();
  }
}

function firstOutputMs(record: RequestRecord | undefined): number | undefined {
  if (record === undefined) return undefined;
  const at = record.firstTokenMs ?? (record.outcome === 'ok' ? record.endMs : undefined);
  return at === undefined ? undefined : at - record.sentMs;
}

function pause({ clock, signal }: StormParts, ms: number): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const stop = (): void => {
      timer.cancel();
      reject(signal.reason);
    };
    const timer = clock.after(ms, () => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
    signal.addEventListener('abort', stop, { once: true });
  });
}
