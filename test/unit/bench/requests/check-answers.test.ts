// The gate before a run finds answers that are wrong, and names the workload without telling a text.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { PreparedRequest } from '../../../../src/bench/prepared-request.ts';
import { type AnswersChecked, checkAnswers } from '../../../../src/bench/requests/check-answers.ts';
import type { SendOnce, WholeAnswer } from '../../../../src/bench/requests/trial.ts';
import { events, scenarioOf } from './scenario-of.ts';

const dir = mkdtempSync(join(tmpdir(), 'check-'));
afterAll(() => rmSync(dir, { recursive: true }));

type Body = Readonly<Record<string, unknown>>;

/** `answer` gives JSON, or the text of an event stream. */
function sender(answer: (body: Body, request: PreparedRequest) => object | string): SendOnce {
  return async (request): Promise<WholeAnswer> => {
    const answered = answer(JSON.parse(request.body) as Body, request); // our own body
    const isText = typeof answered === 'string';
    return {
      status: 200,
      headers: { 'content-type': isText ? 'text/event-stream' : 'application/json' },
      body: Buffer.from(isText ? answered : JSON.stringify(answered)),
    };
  };
}

async function check(workload: object, send: SendOnce): Promise<AnswersChecked> {
  return checkAnswers(await scenarioOf([{ name: 'mine', ...workload }], {}, dir), dir, send);
}

/** Of a made-up model: the direction depends on the characters of the text. */
function vectorOf(text: string): number[] {
  const vector = [0.1, 0, 0, 0];
  for (const [place, letter] of [...text].entries())
    vector[place % 4] = (vector[place % 4] ?? 0) + Math.sin(letter.charCodeAt(0) * (place + 1));
  return vector;
}

function embed(body: Body, vector: (text: string, call: number) => readonly number[], call = 0): object {
  const texts = [body['input']].flat().map(String);
  return { data: texts.map((text, index) => ({ index, embedding: vector(text, call) })) };
}

const embeddings = { route: 'embeddings' };

test('vectors that depend on their text alone pass', async () => {
  expect(
    await check(
      embeddings,
      sender((body) => embed(body, vectorOf)),
    ),
  ).toEqual({ requests: 3, problems: [] });
});

test('a vector that changes from call to call is a problem', async () => {
  let call = 0;
  const send = sender((body) => embed(body, (text, time) => vectorOf(`${time}${text}`), call++));
  expect((await check(embeddings, send)).problems).toEqual(['mine: the same text has another vector the second time']);
});

test('one vector for all texts is a problem', async () => {
  expect(
    (
      await check(
        embeddings,
        sender((body) => embed(body, () => [1, 2])),
      )
    ).problems,
  ).toEqual(['mine: different texts have the same vector']);
});

test('rows of a batch that are mixed up are a problem', async () => {
  const send = sender((body) => embed({ input: [body['input']].flat().toReversed() }, vectorOf));
  expect((await check(embeddings, send)).problems).toEqual(['mine: the vectors of two texts are out of order']);
});

test('a vector of a batch that belongs to neither text is a problem', async () => {
  const send = sender((body) => {
    const texts = [body['input']].flat().map(String);
    return embed({ input: texts }, (text) =>
      texts.length === 1 || text === texts[0] ? vectorOf(text) : vectorOf(text).map((value) => -value),
    );
  });
  expect((await check(embeddings, send)).problems).toEqual(['mine: the vectors of two texts are out of order']);
});

test('a reference is kept to, and the least cosine is told', async () => {
  const texts = Array.from({ length: 11 }, (_, index) => `a secret ${index}`);
  writeFileSync(join(dir, 'reference.jsonl'), texts.map((text) => JSON.stringify({ text, vector: vectorOf(text) })).join('\n'));
  const workload = { ...embeddings, expect: { reference: 'reference.jsonl', cosine: 0.999 } };
  const right = await check(
    workload,
    sender((body) => embed(body, vectorOf)),
  );
  expect([right.requests, right.problems]).toEqual([2, []]);
  // A vector is its own neighbour but for the rounding of a square root.
  expect(right.least_cosine).toBeCloseTo(1, 12);
  const turned = await check(
    workload,
    sender((body) => embed(body, (text) => vectorOf(text).map((value) => (text.endsWith(' 9') ? -value : value)))),
  );
  expect(turned.problems).toEqual(['mine: reference text 10: cosine -1.0000, expected at least 0.999']);
  expect(turned.least_cosine).toBeCloseTo(-1, 12);
  const short = await check(
    workload,
    sender((body) => embed(body, (text) => vectorOf(text).slice(1))),
  );
  expect(short.problems[0]).toBe('mine: reference text 1: cosine NaN, expected at least 0.999');
});

test.each([
  ['{"text":"a secret","vector":[1,"2"]}', 'expected an object with text and a vector of numbers'],
  ['{"text":"a secret"', 'expected JSON'],
  ['\n', 'expected at least one text with its vector, found none'],
])('a bad line of a reference ends the check without telling it', async (line, message) => {
  writeFileSync(join(dir, 'bad.jsonl'), line);
  const error: unknown = await check({ ...embeddings, expect: { reference: 'bad.jsonl' } }, () =>
    Promise.reject(new Error('unused')),
  ).catch((thrown: unknown) => thrown);
  expect(String(error)).toContain(message);
  expect(String(error)).not.toContain('secret');
});

interface Told {
  readonly text?: string;
  readonly finish?: string;
  readonly tokensIn?: number;
  readonly tokensOut?: number;
}

/** A chat that answers differently in a stream where `streamed` says so. */
function chat(streamed: Told = {}, asked: Body[] = []): SendOnce {
  return sender((body) => {
    asked.push(body);
    const told = { text: 'hello there', finish: 'stop', tokensIn: 5, tokensOut: 2, ...(body['stream'] === true ? streamed : {}) };
    const usage = { prompt_tokens: told.tokensIn, completion_tokens: told.tokensOut };
    if (body['stream'] !== true) return { choices: [{ index: 0, message: { content: told.text }, finish_reason: told.finish }], usage };
    return events(
      { choices: [{ index: 0, delta: { content: told.text }, finish_reason: null }] },
      { choices: [{ index: 0, delta: {}, finish_reason: told.finish }] },
      { choices: [], usage },
      '[DONE]',
    );
  });
}

test('a chat is asked greedily, whole and streamed, for few tokens', async () => {
  const asked: Body[] = [];
  expect(await check({ route: 'chat', temperature: 0.9, max_tokens: 500 }, chat({}, asked))).toEqual({ requests: 2, problems: [] });
  expect(asked.map((body) => [body['temperature'], body['stream'], body['max_tokens']])).toEqual([
    [0, undefined, 32],
    [0, true, 32],
  ]);
});

test.each<readonly [Told, string]>([
  [{ text: 'hello' }, 'the streamed answer has another text than the whole one'],
  [{ finish: 'sleepy' }, 'a finish reason that is not known'],
  [{ tokensOut: 3 }, 'the usage counts the same answer differently in a stream'],
  [{ tokensIn: 6 }, 'the usage counts the same prompt differently in a stream'],
  [{ tokensOut: 40 }, 'the streamed answer: wrong_answer, more tokens than max_tokens'],
])('a stream with %o is a problem', async (streamed, problem) => {
  expect((await check({ route: 'chat' }, chat(streamed))).problems).toEqual([`mine: ${problem}`]);
});

test('a usage that is told in one form alone is no problem', async () => {
  const send = chat();
  const withoutUsage: SendOnce = async (request) => {
    const answer = await send(request);
    return { ...answer, body: Buffer.from(answer.body.toString().replace('"usage"', '"other"')) };
  };
  expect(
    (await check({ route: 'chat' }, async (request) => (request.body.includes('"stream"') ? send(request) : withoutUsage(request))))
      .problems,
  ).toEqual([]);
});

test('an answer that does not come, or is refused, is a problem without its text', async () => {
  const refused: SendOnce = () => Promise.resolve({ status: 503, headers: {}, body: Buffer.from('a secret') });
  expect((await check({ route: 'predict' }, refused)).problems).toEqual(['mine: a request: status 503']);
  const failed = Object.assign(new Error('a secret'), { code: 'ECONNREFUSED' });
  expect((await check({ route: 'predict' }, () => Promise.reject(failed))).problems).toEqual(['mine: a request: no answer (ECONNREFUSED)']);
  expect((await check({ route: 'chat' }, () => Promise.reject(new TypeError('a secret')))).problems).toEqual([
    'mine: the whole answer: no answer (TypeError)',
    'mine: the streamed answer: no answer (TypeError)',
  ]);
});

test('a model that answers predict with what is expected passes', async () => {
  const workload = { route: 'predict', expect: { text: '{"label":"good"}' } };
  expect(
    await check(
      workload,
      sender(() => ({ label: 'good' })),
    ),
  ).toEqual({ requests: 1, problems: [] });
  expect(
    (
      await check(
        workload,
        sender(() => ({ label: 'bad' })),
      )
    ).problems,
  ).toEqual(['mine: a request: wrong_answer, another text than expected']);
});
