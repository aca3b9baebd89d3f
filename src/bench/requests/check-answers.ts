// The gate before a run: whether the answers of the server are right at all, since wrong ones may be as fast as anything.

import type { Scenario } from '../scenario-schema.ts';
import { checkEmbeddings } from './check-embeddings.ts';
import { checkGeneration } from './check-generation.ts';
import { type SendOnce, Trial } from './trial.ts';
import { preparer } from './workload-requests.ts';
import { trialAsk } from './trial-ask.ts';

export interface AnswersChecked {
  readonly requests: number;
  /** Each names the workload and what is wrong, never a text. */
  readonly problems: readonly string[];
  /** Over all vectors that a reference has. */
  readonly least_cosine?: number;
}

/**
 * One request after the other, so that nothing but the answers is tried.
 * Throws: invalid_config with the file and the line of what cannot be read.
 */
export async function checkAnswers(scenario: Scenario, baseDir: string, send: SendOnce): Promise<AnswersChecked> {
  const trial = new Trial(send);
  for (const workload of scenario.workloads) {
    const ask = trialAsk(workload, baseDir, scenario.seed);
    if (workload.route === 'embeddings') await checkEmbeddings(workload, baseDir, ask, trial);
    else if (workload.route === 'predict') await trial.ask(preparer(workload)(ask(0)), 'a request');
    else await checkGeneration(workload, ask(0), trial);
  }
  const { requests, problems, leastCosine } = trial;
  return { requests, problems, ...(leastCosine === undefined ? {} : { least_cosine: leastCosine }) };
}
