// The server's memory and CPU time over a step, from samples of its processes.

import type { ServerFigures } from '../run-summary.ts';

/** All processes of the server together, at one moment of the records' clock. */
export interface ServerSample {
  readonly atMs: number;
  readonly rssMib: number;
  /** CPU seconds since the processes began. It only grows. */
  readonly cpuS: number;
}

/** What ended well in the window. 0 or absent: no figure per thousand of it. */
export interface ServedUnits {
  readonly requests: number;
  readonly texts?: number;
  readonly tokensOut?: number;
}

/** The figures from `fromMs` until `untilMs`. Samples are in order of time; undefined where fewer than two are there. */
export function serverFigures(
  samples: readonly ServerSample[],
  window: { readonly fromMs: number; readonly untilMs: number },
  served: ServedUnits,
): ServerFigures | undefined {
  const around = samplesAround(samples, window.fromMs, window.untilMs);
  if (around.length < 2) return undefined;
  const cpuS = cpuBetween(around, window.fromMs, window.untilMs);
  const per1000 = (units: number | undefined): number | undefined =>
    units === undefined || units === 0 ? undefined : (cpuS / units) * 1_000;
  const [perRequests, perTexts, perTokens] = [per1000(served.requests), per1000(served.texts), per1000(served.tokensOut)];
  return {
    rss_peak_mib: around.reduce((peak, sample) => Math.max(peak, sample.rssMib), 0),
    rss_slope_mib_per_min: slopeOf(around).perMs * 60_000,
    ...(perRequests === undefined ? {} : { cpu_s_per_1000_requests: perRequests }),
    ...(perTexts === undefined ? {} : { cpu_s_per_1000_texts: perTexts }),
    ...(perTokens === undefined ? {} : { cpu_s_per_1000_tokens_out: perTokens }),
  };
}

/** CPU seconds between two moments, interpolated between samples. Before the first and after the last nothing is known and nothing is added. */
export function cpuBetween(samples: readonly ServerSample[], fromMs: number, untilMs: number): number {
  return cpuAt(samples, untilMs) - cpuAt(samples, fromMs);
}

/** Those between two moments, the last before and the first after them: a step shorter than the interval of sampling has none inside. */
export function samplesAround(samples: readonly ServerSample[], fromMs: number, untilMs: number): readonly ServerSample[] {
  const first = samples.findLastIndex((sample) => sample.atMs <= fromMs);
  const last = samples.findIndex((sample) => sample.atMs >= untilMs);
  return samples.slice(Math.max(first, 0), last === -1 ? samples.length : last + 1);
}

/** The line of least squares through memory over time. `error` is the standard error of the slope; both 0 below three samples. */
export function slopeOf(samples: readonly ServerSample[]): { readonly perMs: number; readonly error: number } {
  const count = samples.length;
  if (count < 3) return { perMs: 0, error: 0 };
  const meanAt = samples.reduce((sum, sample) => sum + sample.atMs, 0) / count;
  const meanRss = samples.reduce((sum, sample) => sum + sample.rssMib, 0) / count;
  let spreadAt = 0;
  let together = 0;
  for (const sample of samples) {
    spreadAt += (sample.atMs - meanAt) ** 2;
    together += (sample.atMs - meanAt) * (sample.rssMib - meanRss);
  }
  if (spreadAt === 0) return { perMs: 0, error: 0 };
  const perMs = together / spreadAt;
  const residuals = samples.reduce((sum, sample) => sum + (sample.rssMib - meanRss - perMs * (sample.atMs - meanAt)) ** 2, 0);
  return { perMs, error: Math.sqrt(residuals / (count - 2) / spreadAt) };
}

function cpuAt(samples: readonly ServerSample[], atMs: number): number {
  const after = samples.findIndex((sample) => sample.atMs >= atMs);
  const next = samples[after === -1 ? samples.length - 1 : after];
  const before = samples[after - 1];
  if (next === undefined) return 0;
  if (before === undefined || next.atMs === before.atMs) return next.cpuS;
  return before.cpuS + ((next.cpuS - before.cpuS) * (atMs - before.atMs)) / (next.atMs - before.atMs);
}
