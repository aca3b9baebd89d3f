// The one place where client threads get the requests of a job from.

import type { RequestSource } from '../prepared-request.ts';
import { requestSource } from '../requests/request-source.ts';
import type { LoadJob } from './load-job.ts';

/** Throws: what the scenario's sources cannot be read for. */
export function sourceOf({ scenario, baseDir, salt }: LoadJob): RequestSource {
  return requestSource(scenario, baseDir, salt);
}
