// The property test of every POST route: bodies made from the schemas, each also with one thing wrong, over kept connections.

import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import type { Logger } from 'heddle';
import { type MethodName, methodNames, methods } from '../../../src/contract/methods.ts';
import { serve } from '../serve.ts';
import { until } from '../until.ts';
import { outcomeOf, type Outcome } from './answers.ts';
import { mutatedProblem, validProblem } from './blame.ts';
import { type Density, fitting } from './fitting.ts';
import { KeptSocket } from './kept-socket.ts';
import { mutate, textOf } from './mutation.ts';
import { type Place, placesOf } from './places.ts';
import { sensible } from './sensible.ts';

export interface PropertyRun {
  /** Bodies to send in all. */
  readonly cases: number;
  readonly seed: number;
  /** Told after each answer. */
  readonly progress?: (sent: number) => void;
}

/** How often each kind of body of a route had each outcome, as `capable messages mutated 400 invalid_request_error`. */
export type Tally = ReadonlyMap<string, number>;

/** One with every capability and one with none. */
const modelNames = ['capable', 'plain'] as const;

/**
 * Serves the models in this process, and sends them everything.
 * Throws: Error with the seed and the smallest body for which an answer was wrong; or about what the server left behind.
 */
export async function runProperties({ cases, seed, progress }: PropertyRun): Promise<Tally> {
  const complaints: string[] = [];
  const onWarning = ({ message }: Error): void => void complaints.push(`warning: ${message}`);
  process.on('warning', onWarning);
  const folders = modelNames.map((name) => fileURLToPath(new URL(`../../fixtures/models/${name}`, import.meta.url)));
  const server = await serve(folders, { logger: complainer(complaints) });
  const tally = new Map<string, number>();
  let sent = 0;
  const count = (key: string): void => {
    tally.set(key, (tally.get(key) ?? 0) + 1);
    sent += 1;
    progress?.(sent);
  };
  try {
    const targets = modelNames.flatMap((model) => methodNames.map((method) => ({ model, method })));
    const runs = Math.ceil(cases / targets.length / 2);
    const routes = targets.map((target, index) => checkRoute({ ...target, port: server.port, seed: seed + index, runs, count }));
    // All of them, since the server has to stay for those that go on.
    const failures = (await Promise.allSettled(routes)).flatMap((route) => (route.status === 'rejected' ? [route.reason] : []));
    if (failures.length > 0) throw failures.length === 1 ? failures[0] : new Error(failures.map(String).join('\n\n'));
    const open = () => server.runtime.models().reduce((sum, { queued, running }) => sum + queued + running, 0);
    await until(() => open() === 0);
    const fromModels = server.logger.lines.filter(({ level }) => level === 'warn' || level === 'error');
    complaints.push(...fromModels.map(({ message }) => message));
  } finally {
    await server.close();
    process.off('warning', onWarning);
  }
  if (complaints.length > 0) throw new Error(`expected no complaint, got ${complaints.length}: ${complaints.slice(0, 5).join('; ')}`);
  return tally;
}

interface Target {
  readonly model: (typeof modelNames)[number];
  readonly method: MethodName;
  readonly port: number;
  readonly seed: number;
  readonly runs: number;
  readonly count: (key: string) => void;
}

async function checkRoute({ model, method, port, seed, runs, count }: Target): Promise<void> {
  const path = method === 'predict' ? `/models/${model}/predict` : `/v1${methods[method].path}`;
  const schema = await schemaOf(port, model, method);
  const socket = new KeptSocket(port);
  const send = async (kind: string, text: string, judge: (outcome: Outcome) => string | undefined): Promise<Outcome> => {
    const answer = await socket.post(path, text);
    try {
      const outcome = outcomeOf(method, answer);
      count(`${model} ${method} ${kind} ${outcome.status} ${outcome.code}`);
      const problem = judge(outcome);
      if (problem === undefined) return outcome;
      throw new Error(problem);
    } catch (cause) {
      const problem = cause instanceof Error ? cause.message : String(cause);
      const [asked, told] = [text.slice(0, 2_000), `${answer.status} ${answer.text.slice(0, 500)}`];
      throw new Error(`${problem}\n  ${kind} body of ${path}: ${asked}\n  answered: ${told}`, { cause });
    }
  };
  const densities: readonly Density[] = ['few', 'some', 'many'];
  const made = fc.record({
    fitting: fc.oneof(...densities.map((density) => fitting(schema, density))),
    streams: fc.boolean(),
    isSensible: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
    at: fc.nat(),
    pick: fc.nat(),
  });
  const holds = fc.asyncProperty(made, async ({ fitting, isSensible, streams, at, pick }) => {
    const body = isSensible ? sensible({ method, schema, model, streams }, fitting) : fitting;
    const before = await send('valid', textOf(body), (outcome) => validProblem(body, outcome));
    const place = chosenPlace(placesOf(schema, body), at);
    if (place === undefined) return;
    const mutated = mutate(body, place, pick);
    await send('mutated', mutated.text, (after) => mutatedProblem({ method, schema }, place, mutated, before, after));
  });
  try {
    await fc.assert(holds, { seed, numRuns: runs, includeErrorInReport: true });
  } finally {
    socket.close();
  }
}

/** Mostly one where something is: there are many more members that could be there. */
function chosenPlace(places: readonly Place[], at: number): Place | undefined {
  const those = at % 3 === 0 ? places : places.filter(({ value }) => value !== undefined);
  return those[Math.floor(at / 3) % those.length];
}

/** What bodies are checked by, as the server tells it. */
async function schemaOf(port: number, model: string, method: MethodName): Promise<object> {
  const reply = await fetch(`http://127.0.0.1:${port}/v1/models/${model}/schema`);
  const told = (await reply.json()) as { readonly methods: Readonly<Partial<Record<MethodName, { readonly input: object }>>> }; // as documented
  const input = told.methods[method]?.input;
  if (input === undefined) throw new Error(`expected ${model} to serve ${method}`);
  return input;
}

/** Keeps what nobody should have to say of a request, whoever sent it. */
function complainer(complaints: string[]): Logger {
  const complain = (message: string, fields = {}): void => void complaints.push(`${message} ${JSON.stringify(fields)}`);
  return { debug: () => {}, info: () => {}, warn: complain, error: complain };
}
