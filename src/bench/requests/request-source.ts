// The requests of a step, by their place in it: the same scenario, salt and place give the same request on every thread and machine.

import { seededRandom } from '../../core/seeded-random.ts';
import type { RequestSource } from '../prepared-request.ts';
import type { Scenario } from '../scenario-schema.ts';
import { asker, preparer } from './workload-requests.ts';

/**
 * `salt`: tells steps apart, so that no cache of the server holds what the step before asked for.
 * Throws: invalid_config with the file and the line of what cannot be read.
 */
export function requestSource(scenario: Scenario, baseDir: string, salt = 0): RequestSource {
  const base = mixed(scenario.seed, salt);
  const workloads = scenario.workloads.map((workload) => {
    const ask = asker(workload, baseDir, base, salt);
    const prepare = preparer(workload);
    return { weight: workload.weight, request: (index: number, random: () => number) => prepare(ask(index, random)) };
  });
  const total = workloads.reduce((sum, { weight }) => sum + weight, 0);
  // Where each one's part of [0, total) ends.
  const ends = workloads.map((_, place) => workloads.slice(0, place + 1).reduce((sum, { weight }) => sum + weight, 0));
  return (index) => {
    // Neighbouring seeds give numbers that have nothing to do with each other, and no two places of a step share one.
    const random = seededRandom((base + index) >>> 0);
    const drawn = random() * total;
    const chosen = workloads[ends.findIndex((end) => drawn < end)];
    if (chosen === undefined) throw new RangeError('expected at least one workload');
    return chosen.request(index, random);
  };
}

/** Far apart even for neighbouring seeds and salts, so that no step repeats the requests of another. */
function mixed(seed: number, salt: number): number {
  const ofSeed = Math.floor(seededRandom(seed)() * 2 ** 32);
  return Math.floor(seededRandom(ofSeed ^ Math.imul(salt, 0x9e3779b1))() * 2 ** 32);
}
