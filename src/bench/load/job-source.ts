// The one place where client threads get the requests of a job from.

import type { RequestSource } from '../prepared-request.ts';
import type { LoadJob } from './load-job.ts';

/** Throws: what the scenario's sources cannot be read for. */
export function sourceOf(job: LoadJob): RequestSource {
  throw new Error(`expected a request source for the ${job.scenario.workloads.length} workloads, there is none yet`);
}
