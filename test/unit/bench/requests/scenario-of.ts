// A whole scenario around the workloads of a test, and the feeding of an answer's bytes to its reader.

import { checkScenario } from '../../../../src/bench/requests/read-scenario.ts';
import { preparer } from '../../../../src/bench/requests/workload-requests.ts';
import type { Ask } from '../../../../src/bench/requests/route-form.ts';
import type { AnswerReader, AnswerVerdict } from '../../../../src/bench/prepared-request.ts';
import type { Scenario } from '../../../../src/bench/scenario-schema.ts';

export function scenarioOf(workloads: readonly object[], more: object = {}, baseDir = '/'): Promise<Scenario> {
  return checkScenario({ workloads, steps: [{ closed: { clients: 1 } }], ...more }, baseDir, 'scenario.yaml');
}

/** The request of the only workload that asks this. */
export async function requestOf(workload: object, ask: Partial<Ask> = {}): Promise<ReturnType<ReturnType<typeof preparer>>> {
  const [only] = (await scenarioOf([workload])).workloads;
  if (only === undefined) throw new Error('expected a workload');
  return preparer(only)({ prompts: [{ text: 'hello' }], isThorough: true, ...ask });
}

export interface WireAnswer {
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
  /** In pieces of so many bytes; whole where not given. */
  readonly cut?: number;
}

/** Returns how many pieces each chunk completed, too. */
export function readBy(reader: AnswerReader, answer: WireAnswer): AnswerVerdict & { readonly pieces: readonly number[] } {
  const { type = 'application/json', headers = {}, body } = answer;
  reader.head({ 'content-type': type, ...headers });
  const bytes = Buffer.from(body as string); // either kind makes a buffer
  const cut = answer.cut ?? Math.max(bytes.length, 1);
  const pieces: number[] = [];
  for (let at = 0; at < bytes.length; at += cut) pieces.push(reader.data(bytes.subarray(at, at + cut)));
  return { ...reader.end(), pieces };
}

export function events(...data: readonly unknown[]): string {
  return data.map((value) => `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`).join('');
}
