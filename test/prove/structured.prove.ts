// Structured output of the shipped chat model at a high temperature: every text that is not cut is valid, and what a mask costs.

import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { modelsDir, serve, type TestServer } from '../support/serve.ts';
import { twentySchemas } from '../support/twenty-schemas.ts';
import { Client } from './client.ts';
import { expectBelow, figure, quantile, rounds } from './figures.ts';

const each = rounds(50, 1);
const maxTokens = 64;
const tokensPerRound = rounds(65, 9);

let server: TestServer;
let client: Client;

beforeAll(async () => {
  server = await serve([`${modelsDir}/smollm2`]);
  client = new Client(server.port, 1);
});

afterAll(async () => {
  client.close();
  expect(await server.close()).toBe(true);
});

interface Reply {
  readonly choices: readonly [{ readonly message: { readonly content: string }; readonly finish_reason: string }];
  readonly usage: { readonly completion_tokens: number };
}

test('texts under twenty schemas are valid, or cut by the limit and said to be', async () => {
  let valid = 0;
  let cut = 0;
  let tokens = 0;
  for (const [name, schema] of Object.entries(twentySchemas)) {
    const isValid = new Ajv2020({ strict: false }).compile(schema);
    for (let seed = 0; seed < each; seed += 1) {
      const { status, text } = await client.send('POST', '/v1/chat/completions', {
        messages: [{ role: 'user', content: `Write one example of: ${name}.` }],
        response_format: { type: 'json_schema', json_schema: { name: 'example', schema } },
        temperature: 1.2,
        seed,
        max_tokens: maxTokens,
      });
      expect(status, text).toBe(200);
      // A route's own reply.
      const reply = JSON.parse(text) as Reply;
      const [{ message, finish_reason }] = reply.choices;
      tokens += reply.usage.completion_tokens;
      if (finish_reason === 'length') {
        expect(reply.usage.completion_tokens).toBe(maxTokens);
        cut += 1;
        continue;
      }
      expect(finish_reason).toBe('stop');
      expect(isValid(JSON.parse(message.content)), `${name}, seed ${seed}: ${message.content}`).toBe(true);
      valid += 1;
    }
    figure(`schema "${name}"`, `${valid} valid and ${cut} cut so far, 0 invalid`);
  }
  figure('twenty schemas', `${valid + cut} texts of ${tokens} tokens: ${valid} valid, ${cut} cut by the limit, 0 invalid`);
  expect(valid).toBeGreaterThan(cut);
});

/** Milliseconds per token after the first, of a stream that runs to its limit. */
async function perToken(seed: number, format: object): Promise<number> {
  const { status, text, arrivals } = await client.send('POST', '/v1/chat/completions', {
    messages: [{ role: 'user', content: 'List the names of many animals, and what each of them eats.' }],
    temperature: 1.2,
    seed,
    max_tokens: tokensPerRound,
    ignore_eos: true,
    stream: true,
    stream_options: { include_usage: true },
    ...format,
  });
  expect(status, text).toBe(200);
  expect(text).toContain(`"completion_tokens":${tokensPerRound}`);
  const [first, last] = [arrivals[0] ?? 0, arrivals.at(-1) ?? 0];
  return (last - first) / (tokensPerRound - 1);
}

const asked = (schema: object): object => ({ response_format: { type: 'json_schema', json_schema: { name: 'animals', schema } } });
const animal = { type: 'object', properties: { name: { type: 'string' }, legs: { type: 'integer' } }, required: ['name', 'legs'] };
const kinds: Readonly<Record<string, object>> = {
  'objects of strings and numbers': asked({ type: 'array', items: animal, minItems: 50 }),
  'strings of a length': asked({ type: 'array', items: { type: 'string', minLength: 5, maxLength: 40 }, minItems: 50 }),
  'strings of a pattern': asked({ type: 'array', items: { type: 'string', pattern: '^[A-Z][a-z]{2,9}( .+)?$' }, minItems: 50 }),
};

test('a mask costs little of a step', async () => {
  await perToken(0, {});
  for (const [name, format] of Object.entries(kinds)) {
    // A compile is not what is asked here.
    await perToken(0, format);
    const [free, held]: [number[], number[]] = [[], []];
    for (let seed = 1; seed <= rounds(12, 1); seed += 1) {
      free.push(await perToken(seed, {}));
      held.push(await perToken(seed, format));
    }
    const ratio = quantile(held, 0.5) / quantile(free, 0.5);
    figure(`cost of "${name}"`, `${ratio.toFixed(3)} of free decoding: ${inTokens(held)} against ${inTokens(free)}`);
    expectBelow(`cost of "${name}"`, ratio, 1.15);
  }
});

function inTokens(values: readonly number[]): string {
  return `p50 ${quantile(values, 0.5).toFixed(1)} ms a token`;
}
