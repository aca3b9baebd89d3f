// The figures of a storm, from its rounds.

import { calmFirstOutputMs, stormNotes, timeToFree } from '../figures/storm-figures.ts';
import { cpuBetween } from '../figures/server-figures.ts';
import { emptySpread, spreadOf } from '../figures/spread.ts';
import { summariseStep } from '../figures/summarise.ts';
import type { RequestRecord } from '../request-record.ts';
import type { StepSummary, StormSummary } from '../run-summary.ts';
import type { RunParts } from './run-parts.ts';
import { chooseLeavers, type StormPlan, type StormRound, type Variant } from './storm.ts';

export interface StormInput {
  readonly name: string;
  readonly plan: StormPlan;
  readonly rounds: readonly StormRound[];
  readonly client: StepSummary['client'];
  /** Where it is undefined no CPU time is told. */
  readonly serverSamples: RunParts['serverSamples'];
  readonly parts: RunParts;
}

// Less than this between the loads is noise: a leaver held nothing that could be given back.
const leastHeldShare = 0.2;
const leastHeldMs = 10;

export function summariseStorm(input: StormInput): StormSummary {
  const { name, plan, rounds, serverSamples: samples } = input;
  const leavers = chooseLeavers(plan);
  const of = (variant: Variant): StormRound[] => rounds.filter((round) => round.variant === variant);
  const stayersOf = (variant: Variant): RequestRecord[] =>
    of(variant).flatMap(({ records }) => records.filter(({ index }) => index < plan.clients && !leavers.has(index)));
  const step = (variant: 'calm' | 'storm'): StepSummary =>
    summariseStep({
      name: `${name}: stayers, ${variant}`,
      mode: 'closed',
      clients: plan.clients,
      records: stayersOf(variant),
      startedMs: of(variant)[0]?.fromMs ?? 0,
      endedMs: of(variant).at(-1)?.untilMs ?? 0,
      client: input.client,
      serviceLevel: input.parts.scenario.service_level,
      isOfStorm: true,
    });

  const probe = (variant: Variant) => spreadOf(of(variant).flatMap(({ probeMs }) => probeMs ?? [])) ?? emptySpread;
  const probes = { storm: probe('storm'), calm: probe('calm'), alone: probe('alone') };
  const held = probes.calm.p50 - probes.alone.p50;
  const freed = held > Math.max(leastHeldMs, leastHeldShare * probes.calm.p50) ? (probes.calm.p50 - probes.storm.p50) / held : undefined;
  const cpuS = (variant: Variant): number =>
    of(variant).reduce((sum, { fromMs, untilMs }) => sum + cpuBetween(samples ?? [], fromMs, untilMs), 0);
  const knowsCpu = samples !== undefined && samples.length > 1;
  const cpu = { storm: cpuS('storm'), calm: cpuS('calm'), alone: cpuS('alone') };

  const calmMs = calmFirstOutputMs(of('calm').flatMap(({ records }) => records)) ?? 0;
  const timesToFree = of('storm').flatMap((round) => timeToFree(round.records, calmMs) ?? []);
  const findings = {
    rounds: of('storm').length,
    timesToFree,
    ...(freed !== undefined && { freedShare: freed }),
    ...(knowsCpu && { cpuS: cpu }),
  };
  return {
    name,
    phase: plan.leave.phase,
    clients: plan.clients,
    share: leavers.size / plan.clients,
    rounds: findings.rounds,
    left: of('storm').reduce((sum, { records }) => sum + records.filter(({ outcome }) => outcome === 'cancelled').length, 0),
    time_to_free_ms: spreadOf(timesToFree) ?? emptySpread,
    probe_ms: probes,
    ...(freed !== undefined && { freed_share: freed }),
    ...(knowsCpu && { wasted_cpu_s: Math.max(0, cpu.storm - cpu.alone), server_cpu_s: cpu }),
    stayers: { calm: step('calm'), storm: step('storm') },
    notes: stormNotes(findings),
  };
}
