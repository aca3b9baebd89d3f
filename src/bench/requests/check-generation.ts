// Whether a route that generates gives the same answer streamed and whole, and counts it alike.

import type { Workload } from '../scenario-schema.ts';
import type { Ask } from './route-form.ts';
import type { Trial, TriedAnswer } from './trial.ts';
import { preparer, workloadName } from './workload-requests.ts';

// Enough to tell texts apart. Where two tokens are nearly as likely, each further one is a chance that rounding decides between them.
const mostTokens = 32;

const knownFinishes: ReadonlySet<string | undefined> = new Set([
  ...['stop', 'length', 'tool_calls', 'function_call', 'content_filter'],
  ...['end_turn', 'max_tokens', 'stop_sequence', 'tool_use', 'pause_turn', 'refusal', 'model_context_window_exceeded'],
  ...['completed', 'incomplete'],
]);

/** Greedy, whatever the workload asks for: drawn tokens could not be compared. */
export async function checkGeneration(workload: Workload, asked: Ask, trial: Trial): Promise<void> {
  const ask = { ...asked, ...limitOf(workload, asked) };
  const tried = async (stream: boolean, what: string): Promise<TriedAnswer | undefined> =>
    trial.ask(preparer({ ...workload, temperature: 0, stream })(ask), what);
  const whole = await tried(false, 'the whole answer');
  const streamed = await tried(true, 'the streamed answer');
  const name = workloadName(workload);
  for (const answer of [whole, streamed]) {
    if (answer !== undefined && !knownFinishes.has(answer.finish)) trial.problem(name, 'a finish reason that is not known');
  }
  if (whole === undefined || streamed === undefined) return;
  if (whole.text !== streamed.text) trial.problem(name, 'the streamed answer has another text than the whole one');
  else if (differ(whole.tokensOut, streamed.tokensOut)) trial.problem(name, 'the usage counts the same answer differently in a stream');
  if (differ(whole.tokensIn, streamed.tokensIn)) trial.problem(name, 'the usage counts the same prompt differently in a stream');
}

/** A text that is expected may need all of its tokens; without a limit the workload leaves it to the server, and so does its check. */
function limitOf({ expect }: Workload, { maxTokens }: Ask): { readonly maxTokens?: number } {
  if (expect?.text === undefined) return { maxTokens: Math.min(maxTokens ?? mostTokens, mostTokens) };
  return maxTokens === undefined ? {} : { maxTokens };
}

/** What is not told is no difference. */
function differ(one: number | undefined, other: number | undefined): boolean {
  return one !== undefined && other !== undefined && one !== other;
}
