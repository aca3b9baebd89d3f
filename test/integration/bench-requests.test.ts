// The load generator's requests of every route, answered by the shipped models: what it calls right is what a right server says.

import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkAnswers } from '../../src/bench/requests/check-answers.ts';
import { checkScenario } from '../../src/bench/requests/read-scenario.ts';
import { requestSource } from '../../src/bench/requests/request-source.ts';
import type { WholeAnswer } from '../../src/bench/requests/trial.ts';
import type { PreparedRequest } from '../../src/bench/prepared-request.ts';
import type { Scenario } from '../../src/bench/scenario-schema.ts';
import { modelsDir, serve, type TestServer } from '../support/serve.ts';

let server: TestServer;
let scenario: Scenario;

const generating = { model: 'smollm2', max_tokens: 8, source: { random: { words: 12 } } };
const workloads = [
  { route: 'chat', exact_tokens: true, ...generating },
  { route: 'completions', exact_tokens: true, ...generating },
  { route: 'responses', ...generating },
  { route: 'messages', ...generating },
  { route: 'embeddings', model: 'all-MiniLM-L6-v2', texts_per_request: 3, expect: { dimensions: 384 } },
  { route: 'embeddings', name: 'base64', model: 'all-MiniLM-L6-v2', body: { encoding_format: 'base64' }, expect: { dimensions: 384 } },
  { route: 'predict', model: 'all-MiniLM-L6-v2', body: { texts: ['$text'] } },
];

beforeAll(async () => {
  // Strict, so that a field which this server does not know is refused rather than ignored.
  server = await serve([join(modelsDir, 'minilm'), join(modelsDir, 'smollm2')], {}, { strict: true });
  scenario = await checkScenario({ workloads, steps: [{ closed: { clients: 1 } }] }, modelsDir, 'scenario.yaml');
});
afterAll(() => server.close());

async function send({ path, headers, body }: PreparedRequest): Promise<WholeAnswer> {
  const reply = await fetch(`${server.url}${path}`, { method: 'POST', headers, body });
  return { status: reply.status, headers: Object.fromEntries(reply.headers), body: Buffer.from(await reply.arrayBuffer()) };
}

test('the answers of every route pass the check before a run', async () => {
  const checked = await checkAnswers(scenario, modelsDir, send);
  expect(checked).toEqual({ requests: 2 * 4 + 3 * 2 + 1, problems: [] });
});

test('a request of every route is answered well, with as many tokens as the server says', async () => {
  for (const workload of scenario.workloads) {
    const request = requestSource({ ...scenario, workloads: [workload] }, modelsDir)(0);
    const { status, headers, body } = await send(request);
    const reader = request.answer();
    reader.head(headers);
    const pieces = reader.data(body);
    const verdict = reader.end();
    expect([request.workload, status, verdict.outcome, verdict.reason]).toEqual([workload.name, 200, 'ok', undefined]);
    if (workload.route !== 'predict') expect([request.workload, verdict.tokensIn]).toEqual([workload.name, expect.any(Number)]);
    if (workload.max_tokens === undefined) expect(pieces).toBe(0);
    else expect(pieces).toBeGreaterThan(0);
    if (workload.exact_tokens) expect(verdict.tokensOut).toBe(8);
  }
});
