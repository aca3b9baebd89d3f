// Structured output of the shipped chat model at a high temperature: every text and call is valid, or cut and the beginning of a valid
// one; and what a mask costs.

import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { modelsDir, serve, type TestServer } from '../support/serve.ts';
import { twentySchemas } from '../support/twenty-schemas.ts';
import { Client } from './client.ts';
import { expectBelow, figure, quantile, rounds } from './figures.ts';

const each = rounds(50, 1);
const calls = rounds(10, 1);
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
  readonly choices: readonly [
    {
      readonly message: {
        readonly content: string | null;
        readonly tool_calls?: readonly { readonly function: { readonly name: string; readonly arguments: string } }[];
      };
      readonly finish_reason: string;
    },
  ];
  readonly usage: { readonly completion_tokens: number };
}

async function asked(body: object): Promise<Reply> {
  const { status, text } = await client.send('POST', '/v1/chat/completions', { temperature: 1.2, max_tokens: maxTokens, ...body });
  expect(status, text).toBe(200);
  // A route's own reply.
  return JSON.parse(text) as Reply;
}

const held = (schema: object): object => ({ response_format: { type: 'json_schema', json_schema: { name: 'example', schema } } });

/** Whether a text of the schema can begin like this: the model is asked to go on from there, and refuses what it could not have written. */
async function begins(text: string, schema: object): Promise<boolean> {
  const messages = [
    { role: 'user', content: 'Go on.' },
    { role: 'assistant', content: text },
  ];
  const answer = await client.send('POST', '/v1/chat/completions', { messages, ...held(schema), max_tokens: 1 });
  expect([200, 400], answer.text).toContain(answer.status);
  return answer.status === 200;
}

class Tally {
  valid = 0;
  cut = 0;
  tokens = 0;

  add({ valid, cut, tokens }: Tally): void {
    this.valid += valid;
    this.cut += cut;
    this.tokens += tokens;
  }

  /** Invalid ones end the proof. */
  toString(): string {
    return `${this.valid + this.cut} of ${this.tokens} tokens: ${this.valid} valid, ${this.cut} cut by the limit and a beginning, 0 invalid`;
  }
}

/** Counts what one schema gives, seed by seed. `whole`: why a reply ends that is not cut. */
async function tally(
  name: string,
  schema: object,
  times: number,
  whole: string,
  ask: (seed: number) => Promise<{ readonly reply: Reply; readonly json: string }>,
): Promise<Tally> {
  const isValid = new Ajv2020({ strict: false }).compile(schema);
  const counted = new Tally();
  // No JSON begins so: what is asked below can be answered with no.
  expect(await begins('#', schema), name).toBe(false);
  for (let seed = 0; seed < times; seed += 1) {
    const { reply, json } = await ask(seed);
    const reason = reply.choices[0].finish_reason;
    const what = `${name}, seed ${seed}`;
    counted.tokens += reply.usage.completion_tokens;
    if (reason === 'length') {
      expect(reply.usage.completion_tokens, what).toBe(maxTokens);
      expect(await begins(json, schema), `${what}: ${json}`).toBe(true);
      counted.cut += 1;
      continue;
    }
    expect(reason, what).toBe(whole);
    expect(isValid(JSON.parse(json)), `${what}: ${json}`).toBe(true);
    counted.valid += 1;
  }
  return counted;
}

test('texts under twenty schemas are valid, or cut by the limit and the beginning of one that is', async () => {
  const all = new Tally();
  for (const [name, schema] of Object.entries(twentySchemas)) {
    const counted = await tally(name, schema, each, 'stop', async (seed) => {
      const reply = await asked({ messages: [{ role: 'user', content: `Write one example of: ${name}.` }], ...held(schema), seed });
      return { reply, json: reply.choices[0].message.content ?? '' };
    });
    figure(`schema "${name}"`, `${counted}`);
    all.add(counted);
  }
  figure('twenty schemas', `${all}`);
  expect(all.valid).toBeGreaterThan(all.cut);
});

/** Those of the twenty that can be parameters as they are, and others as the one argument. */
const parameters: Readonly<Record<string, object>> = Object.fromEntries(
  Object.entries(twentySchemas).flatMap(([name, schema]) => {
    if ('type' in schema && schema.type === 'object') return [[name, schema]];
    // A reference counts from the root, which would be another one.
    if ('$ref' in schema) return [];
    return [[`argument: ${name}`, { type: 'object', properties: { value: schema }, required: ['value'], additionalProperties: false }]];
  }),
);

test('required calls have arguments of their parameters, or such a beginning where the limit cuts them', async () => {
  const all = new Tally();
  for (const [name, schema] of Object.entries(parameters)) {
    const tool = (of: string): object => ({
      type: 'function',
      function: { name: of, description: `Takes one ${name}.`, parameters: schema },
    });
    const tools = [tool('store'), tool('send')];
    const counted = await tally(name, schema, calls, 'tool_calls', async (seed) => {
      const messages = [{ role: 'user', content: `Store one example of: ${name}.` }];
      const choice = seed % 2 === 0 ? 'required' : { type: 'function', function: { name: 'store' } };
      const reply = await asked({ messages, tools, tool_choice: choice, seed });
      const [{ message }] = reply.choices;
      expect([message.content, message.tool_calls?.length]).toEqual([null, 1]);
      const called = message.tool_calls?.[0]?.function;
      expect(choice === 'required' ? ['store', 'send'] : ['store']).toContain(called?.name);
      return { reply, json: called?.arguments ?? '' };
    });
    figure(`calls of "${name}"`, `${counted}`);
    all.add(counted);
  }
  figure('required calls', `${all}`);
  expect(all.valid).toBeGreaterThan(all.cut);
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

const animal = { type: 'object', properties: { name: { type: 'string' }, legs: { type: 'integer' } }, required: ['name', 'legs'] };
const kinds: Readonly<Record<string, object>> = {
  'objects of strings and numbers': held({ type: 'array', items: animal, minItems: 50 }),
  'strings of a length': held({ type: 'array', items: { type: 'string', minLength: 5, maxLength: 40 }, minItems: 50 }),
  'strings of a pattern': held({ type: 'array', items: { type: 'string', pattern: '^[A-Z][a-z]{2,9}( .+)?$' }, minItems: 50 }),
};

test('a mask costs little of a step', async () => {
  await perToken(0, {});
  for (const [name, format] of Object.entries(kinds)) {
    // A compile is not what is asked here.
    await perToken(0, format);
    const [free, masked]: [number[], number[]] = [[], []];
    for (let seed = 1; seed <= rounds(12, 1); seed += 1) {
      free.push(await perToken(seed, {}));
      masked.push(await perToken(seed, format));
    }
    const ratio = quantile(masked, 0.5) / quantile(free, 0.5);
    figure(`cost of "${name}"`, `${ratio.toFixed(3)} of free decoding: ${inTokens(masked)} against ${inTokens(free)}`);
    expectBelow(`cost of "${name}"`, ratio, 1.15);
  }
});

function inTokens(values: readonly number[]): string {
  return `p50 ${quantile(values, 0.5).toFixed(1)} ms a token`;
}
