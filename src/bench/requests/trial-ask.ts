// What the requests before a run ask: as those of the run do, but not the same, so that no cache of the server is filled for it.

import { seededRandom } from '../../core/seeded-random.ts';
import type { Workload } from '../scenario-schema.ts';
import type { Ask } from './route-form.ts';
import { asker } from './workload-requests.ts';

// No step has so high a salt.
const trialSalt = 0x7fff;

/** Throws: invalid_config with the file and the line of what cannot be read. */
export function trialAsk(workload: Workload, baseDir: string, seed: number): (index: number) => Ask {
  const ask = asker(workload, baseDir, seed ^ trialSalt, trialSalt);
  return (index) => ask(index, seededRandom((seed ^ trialSalt) + index));
}
