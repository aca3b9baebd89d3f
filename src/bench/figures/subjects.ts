// What figures are of: the steps of a run, its overloads and storms with their own steps, and the run itself.

import type { OverloadSummary, RunSummary, StepSummary, StormSummary } from '../run-summary.ts';

export type Subject =
  /** `isPart`: of an overload or a storm, where failures and slowness are what was asked for. */
  | { readonly kind: 'step'; readonly name: string; readonly isPart: boolean; readonly step: StepSummary }
  | { readonly kind: 'overload'; readonly name: string; readonly overload: OverloadSummary }
  | { readonly kind: 'storm'; readonly name: string; readonly storm: StormSummary }
  | { readonly kind: 'run'; readonly name: string; readonly run: RunSummary };

/** All of them in the order of the report, with the names that it shows. */
export function subjectsOf(run: RunSummary): Subject[] {
  return [
    { kind: 'run', name: 'run', run },
    ...run.steps.map((step): Subject => ({ kind: 'step', name: step.name, isPart: false, step })),
    ...run.overloads.flatMap((overload): Subject[] => [
      { kind: 'overload', name: overload.name, overload },
      part(`${overload.name}, before`, overload.base),
      part(`${overload.name}, overload`, overload.overload),
      part(`${overload.name}, after`, overload.recovery),
    ]),
    ...run.storms.flatMap((storm): Subject[] => [
      { kind: 'storm', name: storm.name, storm },
      part(`${storm.name}, nobody leaves`, storm.stayers.calm),
      part(`${storm.name}, those who stay`, storm.stayers.storm),
    ]),
  ];
}

/** Why the figures of a subject are not to be trusted. An overload and a storm are no better than the steps they are compared from. */
export function voidOf(subject: Subject): readonly string[] {
  switch (subject.kind) {
    case 'step':
      return subject.step.void_because;
    case 'overload':
      return [subject.overload.base, subject.overload.recovery].flatMap((step) => step.void_because);
    case 'storm':
      return [subject.storm.stayers.calm, subject.storm.stayers.storm].flatMap((step) => step.void_because);
    case 'run':
      return [];
  }
}

function part(name: string, step: StepSummary): Subject {
  return { kind: 'step', name, isPart: true, step };
}
