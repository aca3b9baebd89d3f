// What a reader has to know beside the figures of a step: where they could be taken for something that they are not.

import type { RequestRecord } from '../request-record.ts';
import { generates } from './goodput.ts';
import { fewRequestsNote } from './void-rules.ts';

export interface NotedStep {
  readonly mode: 'open' | 'closed';
  readonly warmups: readonly RequestRecord[];
  readonly ok: readonly RequestRecord[];
  /** Kinds of reasons that the list of them has no place for. */
  readonly moreReasons: number;
  /** See `StepInput`. */
  readonly isOfStorm?: boolean;
}

const closedLoop =
  'closed loop: the schedule follows the server. A client sends again only after its answer, so while the server stalls the requests that ' +
  'would have arrived are neither sent nor counted, and latencies under a stall are understated (coordinated omission)';

// Below it the pieces are tokens but for the odd one that the server held back to complete a character.
const mostTokensAPiece = 1.05;

export function notesOf(step: NotedStep): string[] {
  const notes = [
    ...(step.isOfStorm === true ? [] : [step.mode === 'closed' ? closedLoop : undefined, fewRequestsNote(step.ok.length)]),
    usageNote(step.ok.filter((record) => generates(record.route))),
    piecesNote(step.ok.filter((record) => record.tokensOut !== undefined && record.tokenMs.length > 0)),
    inputNote(step.ok),
    warmupNote(step.warmups),
    step.moreReasons === 0 ? undefined : `reasons: and ${step.moreReasons} more kind${step.moreReasons === 1 ? '' : 's'}`,
  ];
  return notes.filter((note) => note !== undefined);
}

function usageNote(written: readonly RequestRecord[]): string | undefined {
  const silent = written.filter((record) => record.tokensOut === undefined);
  if (silent.length === 0) return undefined;
  const whole = silent.filter((record) => record.tokenMs.length === 0).length;
  const pieces = `${silent.length} of ${written.length} answers told no count of tokens: tpot and tokens out take the pieces of their streams for tokens`;
  return whole === 0 ? pieces : `${pieces}, and ${whole} without a stream count none`;
}

function piecesNote(streams: readonly RequestRecord[]): string | undefined {
  const tokens = streams.reduce((sum, record) => sum + (record.tokensOut ?? 0), 0);
  const pieces = streams.reduce((sum, record) => sum + record.tokenMs.length, 0);
  const each = pieces === 0 ? 0 : tokens / pieces;
  if (each <= mostTokensAPiece) return undefined;
  return `tokens came ${each.toFixed(each < 10 ? 1 : 0)} a piece: itl is the time between pieces, tpot the time per token`;
}

/** Of some answers alone, the sum of tokens in is no rate of the step. */
function inputNote(ok: readonly RequestRecord[]): string | undefined {
  const told = ok.filter((record) => record.tokensIn !== undefined).length;
  return told === 0 || told === ok.length
    ? undefined
    : `only ${told} of ${ok.length} answers told how many tokens went in: tokens in are understated`;
}

/** Warm-up is in no figure, yet a failure in it is seen nowhere else. */
function warmupNote(warmups: readonly RequestRecord[]): string | undefined {
  const failed = warmups.filter((record) => record.outcome !== 'ok' && !(record.outcome === 'cancelled' && record.leave !== undefined));
  return failed.length === 0 ? undefined : `${failed.length} of ${warmups.length} warm-up requests did not end well`;
}
