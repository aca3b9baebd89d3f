// What a run is doing while it does it: one line that is drawn over on a terminal, a plain line now and then elsewhere.

import type { Clock, Timer } from '../../core/clock.ts';
import { printable } from './columns.ts';
import { count, milliseconds, perSecond } from './quantities.ts';

/** Where a run stands. Counts are of the step. */
export interface ProgressState {
  readonly step: string;
  /** From 1. */
  readonly index: number;
  readonly of: number;
  readonly elapsedS: number;
  /** Absent where the end is not known. */
  readonly leftS?: number;
  readonly sent: number;
  readonly inFlight: number;
  readonly ok: number;
  readonly failed: number;
  readonly ratePerS: number;
  /** Latency so far; absent before the first answer. */
  readonly p50Ms?: number;
}

export interface Progress {
  /** May be called as often as there is news; it is drawn less often. */
  update(state: ProgressState): void;
  /** Writes a line that stays, above the one that moves. */
  say(line: string): void;
  /** Clears the line that moves. Idempotent; what comes after is ignored. */
  close(): void;
}

export interface ProgressOptions {
  readonly write: (text: string) => void;
  readonly isTty: boolean;
  readonly clock: Clock;
  /** Of the terminal: a longer line would wrap and could not be drawn over. Default 80. */
  readonly columns?: () => number;
}

/** Faster than this nobody reads, and drawing would show in the client's own CPU share. */
const redrawMs = 200;
/** A log that is read later needs no more. */
const plainMs = 10_000;

/** Also of a terminal that tells a width of 0, as some do before they are shown. */
const usualWidth = 80;

const eraseLine = '\r\u{1b}[K';

export function createProgress(options: ProgressOptions): Progress {
  const { write, isTty, clock } = options;
  const widest = options.columns ?? (() => usualWidth);
  const intervalMs = isTty ? redrawMs : plainMs;
  let latest: ProgressState | undefined;
  let drawnIndex: number | undefined;
  let timer: Timer | undefined;
  let isClosed = false;

  const draw = () => {
    timer = undefined;
    if (latest === undefined) return;
    drawnIndex = latest.index;
    // One column stays free: some terminals wrap as soon as the last one is written.
    write(isTty ? eraseLine + cut(progressLine(latest), (widest() || usualWidth) - 1) : `${progressLine(latest)}\n`);
    latest = undefined;
    // Without news nothing is drawn, but the next news waits for its turn.
    timer = clock.after(intervalMs, draw);
  };

  return {
    update(state) {
      if (isClosed) return;
      latest = state;
      if (state.index !== drawnIndex) timer?.cancel();
      if (state.index !== drawnIndex || timer === undefined) draw();
    },
    say(line) {
      if (isClosed) return;
      write(`${isTty ? eraseLine : ''}${printable(line)}\n`);
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      timer?.cancel();
      if (isTty && drawnIndex !== undefined) write(eraseLine);
    },
  };
}

function progressLine(state: ProgressState): string {
  const left = state.leftS === undefined ? '' : `, ${duration(state.leftS)} left`;
  return [
    `step ${state.index}/${state.of} ${printable(state.step)}`,
    `${duration(state.elapsedS)}${left}`,
    `sent ${count(state.sent)}`,
    `in flight ${count(state.inFlight)}`,
    `ok ${count(state.ok)}`,
    `failed ${count(state.failed)}`,
    perSecond(state.ratePerS),
    ...(state.p50Ms === undefined ? [] : [`p50 ${milliseconds(state.p50Ms)}`]),
  ].join('  ');
}

/** As a stopwatch shows it. */
function duration(s: number): string {
  const whole = Math.max(0, Math.round(s));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

function cut(line: string, width: number): string {
  const points = Array.from(line);
  return points.length <= width ? line : `${points.slice(0, Math.max(0, width - 1)).join('')}…`;
}
