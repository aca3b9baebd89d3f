// One step of a scenario: the conditions that it comes down to, and what is kept of them.

import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { summariseStep } from '../figures/summarise.ts';
import { OpenRequests } from '../load/open-requests.ts';
import { watchSelf } from '../load/self-watch.ts';
import { stepSeries, stormSeries } from '../report/series.ts';
import type { RequestRecord } from '../request-record.ts';
import type { OverloadSummary, StepSummary } from '../run-summary.ts';
import { requestSource } from '../requests/request-source.ts';
import type { Leave, Scenario } from '../scenario-schema.ts';
import { type Capacity, findCapacity } from './capacity.ts';
import type { Condition, Measure } from './condition.ts';
import type { Findings } from './findings.ts';
import { clientOf, measureBy } from './measure.ts';
import { calmShare, overloadPhases, recoveryS } from './overload.ts';
import type { RunParts, StepPlace } from './run-parts.ts';
import { stormRounds } from './storm.ts';
import { summariseStorm } from './storm-summary.ts';

type Step = Scenario['steps'][number];
type StepOf<K extends string> = Extract<Step, Readonly<Record<K, unknown>>>;

// Short ones: a search tries some ten rates.
const searchS = 5;

/** Rejects: with the reason of the signal; an Error where a file of the step cannot be read. */
export async function runStep(step: Step, place: StepPlace, parts: RunParts, findings: Findings): Promise<void> {
  const by = (kind: StepSummary['kind']): Measure => measureBy(parts, place, kind, findings.nextSalt);
  if ('open' in step) return findings.keep(await by('open')(await openCondition(step, parts)));
  if ('closed' in step) {
    const name = `${step.closed.clients} ${step.closed.clients === 1 ? 'client' : 'clients'}${leaving(step.leave)}`;
    return findings.keep(await by('closed')({ name, load: { closed: step.closed }, ...leaveOf(step), ...endOf(step) }));
  }
  if ('capacity' in step) {
    await searchCapacity(step, place, parts, findings);
    return;
  }
  if ('sweep' in step) {
    const base = step.sweep.of_per_s ?? (await capacityPerS(place, parts, findings));
    for (const times of step.sweep.times) {
      const load = { open: { rate_per_s: times * base, arrivals: 'poisson' as const, burst_size: 1 } };
      findings.keep(await by('sweep')({ name: `${times} x ${rate(base)}`, load, ...endOf(step) }));
    }
    return;
  }
  if ('overload' in step) return runOverload(step, place, parts, findings);
  return runStorm(step, place, parts, findings);
}

async function openCondition(step: StepOf<'open'>, parts: RunParts): Promise<Condition> {
  const { rate_per_s: perS, arrivals, burst_size, trace } = step.open;
  const rest = { ...leaveOf(step), ...endOf(step) };
  if (arrivals === 'trace') {
    const text = await readFile(resolve(parts.baseDir, trace ?? ''), 'utf8');
    return { name: `trace${leaving(step.leave)}`, load: { trace: startsOf(text, trace ?? '') }, ...rest };
  }
  const name = `${rate(perS ?? 0)} ${arrivals}${leaving(step.leave)}`;
  return { name, load: { open: { rate_per_s: perS ?? 0, arrivals, burst_size } }, ...rest };
}

/** Throws: Error with the line that is no time. */
function startsOf(text: string, file: string): number[] {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.flatMap((line, index) => {
    if (line === '' || line.startsWith('#')) return [];
    const at = Number(line);
    if (!Number.isFinite(at) || at < 0) throw new Error(`${file}: expected a start in ms, 0 or more, at line ${index + 1}`);
    return [at];
  });
}

async function searchCapacity(step: StepOf<'capacity'>, place: StepPlace, parts: RunParts, findings: Findings): Promise<Capacity> {
  const found = await findCapacity(measureBy(parts, place, 'capacity', findings.nextSalt), {
    fromPerS: step.capacity.from_per_s,
    mostPerS: step.capacity.most_per_s,
    share: parts.scenario.service_level.share,
    durationS: Math.min(step.duration_s ?? searchS, searchS),
    ...(step.requests !== undefined && { requests: step.requests }),
    warmupRequests: step.warmup_requests,
  });
  findings.capacity(found);
  parts.say(`capacity: ${rate(found.perS)}${found.note === undefined ? '' : ` (${found.note})`}`);
  return found;
}

/** Of a search before, else of one that is made now. Throws: Error where no rate holds. */
async function capacityPerS(place: StepPlace, parts: RunParts, findings: Findings): Promise<number> {
  const usual = { capacity: { from_per_s: 1, most_per_s: 10_000 }, warmup_requests: 8 };
  const perS = findings.capacityPerS ?? (await searchCapacity(usual, place, parts, findings)).perS;
  if (perS > 0) return perS;
  throw new Error('expected a rate that holds the service level, found none; give the step its of_per_s, or a wider service_level');
}

async function runOverload({ overload }: StepOf<'overload'>, place: StepPlace, parts: RunParts, findings: Findings): Promise<void> {
  const base = overload.of_per_s ?? (await capacityPerS(place, parts, findings));
  const name = `overload ${overload.times} x ${rate(base)}`;
  const plan = { capacityPerS: base, times: overload.times, overloadS: overload.overload_s, recoveryS: overload.recovery_s };
  const { trace, overloadMs, calmAgainMs } = overloadPhases({ ...plan, seed: parts.scenario.seed });
  // One load without a pause: a step of its own would begin only when the overload is digested, and there is nothing left to recover from.
  const measure = measureBy(parts, place, undefined, findings.nextSalt);
  const { result, records, calibrationDrift } = await measure({ name, load: { trace }, warmupRequests: 8 });
  const phase = (label: string, fromMs: number, toMs: number, perS: number): { step: StepSummary; records: RequestRecord[] } => {
    const own = records.filter(
      (one) => one.intendedMs >= result.startedMs + fromMs && one.intendedMs < result.startedMs + toMs && !one.isWarmup,
    );
    const step = summariseStep({
      name: `${name}, ${label}`,
      mode: 'open',
      offeredPerS: perS,
      records: own,
      startedMs: result.startedMs + fromMs,
      endedMs: own.reduce((last, { endMs }) => Math.max(last, endMs), result.startedMs + Math.min(toMs, result.endedMs)),
      client: clientOf(result),
      calibrationDrift,
      ...(parts.serverSamples !== undefined && { serverSamples: parts.serverSamples }),
      serviceLevel: parts.scenario.service_level,
    });
    findings.series(stepSeries(step.name, own));
    return { step, records: own };
  };
  const calm = phase('before', 0, overloadMs, base * calmShare);
  const over = phase('overload', overloadMs, calmAgainMs, base * overload.times);
  const after = phase('after', calmAgainMs, Number.POSITIVE_INFINITY, base * calmShare);
  const calmMs = calm.step.latency_ms?.p50;
  const recovered = calmMs === undefined ? undefined : recoveryS(after.records, result.startedMs + calmAgainMs, calmMs);
  const told: OverloadSummary = {
    name,
    times: overload.times,
    base: calm.step,
    overload: over.step,
    recovery: after.step,
    ...(recovered !== undefined && { recovery_s: recovered }),
  };
  findings.overload(told);
}

async function runStorm({ storm }: StepOf<'storm'>, place: StepPlace, parts: RunParts, findings: Findings): Promise<void> {
  const { clients, rounds, ...leave } = storm;
  const name = `storm of ${clients}${leaving(leave)}`;
  const plan = { clients, rounds, leave, seed: parts.scenario.seed };
  const firstSalt = findings.nextSalt();
  const open = (salt: number): OpenRequests =>
    new OpenRequests({
      target: parts.target,
      source: requestSource(parts.scenario, parts.baseDir, firstSalt + salt * saltsApart),
      originMs: parts.originMs,
    });
  const ownFigures = watchSelf();
  const startedMs = parts.clock.now();
  let done = 0;
  const all = await stormRounds(plan, { open, clock: parts.clock, signal: parts.signal }, ({ variant, records }) => {
    done += 1;
    parts.onRecords(`${name}, ${variant}`, records);
    const ok = records.filter(({ outcome }) => outcome === 'ok').length;
    const elapsedS = (parts.clock.now() - startedMs) / 1_000;
    const counts = { sent: records.length, inFlight: 0, ok, failed: records.length - ok, ratePerS: 0 };
    parts.onProgress({ ...place, step: name, elapsedS, leftS: (elapsedS / done) * (rounds * 3 - done), ...counts });
  });
  const self = ownFigures();
  const client = { cpu_share: self.cpuShare, event_loop_delay_p99_ms: self.eventLoopDelayP99Ms, threads: 1 };
  findings.storm(summariseStorm({ name, plan, rounds: all, client, serverSamples: parts.serverSamples, parts }));
  const of = (variant: 'calm' | 'storm'): RequestRecord[] =>
    all.filter((round) => round.variant === variant).flatMap(({ records }) => records);
  findings.stormSeries(stormSeries(name, of('calm'), of('storm')));
}

// Requests of a round are its own: the server must know none of them from the round before.
const saltsApart = 1_000;

const rate = (perS: number): string => `${Number(perS.toPrecision(3))}/s`;
const leaving = (leave: Leave | undefined): string =>
  leave === undefined ? '' : `, ${Math.round(leave.share * 100)} % leave ${leave.phase}`;

function leaveOf({ leave }: { readonly leave?: Leave | undefined }): Pick<Condition, 'leave'> {
  return leave === undefined ? {} : { leave };
}

function endOf(step: {
  readonly duration_s?: number | undefined;
  readonly requests?: number | undefined;
  readonly warmup_requests: number;
}): {
  readonly durationS?: number;
  readonly requests?: number;
  readonly warmupRequests: number;
} {
  return {
    ...(step.duration_s !== undefined && { durationS: step.duration_s }),
    ...(step.requests !== undefined && { requests: step.requests }),
    warmupRequests: step.warmup_requests,
  };
}
