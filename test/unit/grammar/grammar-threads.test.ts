// What becomes of constraints when grammar threads hang, break, do not start, or are busy; on threads that tell what they have begun.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import type { Cancellable } from '../../../src/contract/model.ts';
import { GrammarEngine, type GrammarEngineOptions } from '../../../workers/grammar/grammar-engine.ts';
import { CancellableCall } from '../../support/cancellable-call.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { allowedBy } from '../text/fake-constraint.ts';
import { SignallingThreads, turnOfTheLoop } from './signalling-threads.ts';

const toClose: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of toClose.splice(0)) await close();
});

const compileLimitMs = 2000;
const maskLimitMs = 5000;

function opened(kind?: 'byHand' | 'held', options: Partial<GrammarEngineOptions> = {}) {
  const threads = new SignallingThreads(kind);
  const clock = new FakeClock();
  const engine = GrammarEngine.open({
    vocabulary: Array.from({ length: 16 }, (_, id) => `${id}`),
    stopIds: [15],
    clock,
    compileLimitMs,
    maskLimitMs,
    threadFile: threads.file,
    ...options,
  });
  toClose.push(
    () => engine.close(),
    () => threads.close(),
  );
  const constrain = (ebnf: string, call: Cancellable = new CancellableCall()) => {
    const constraint = engine.constrain({ kind: 'grammar', ebnf }, 'guided_grammar', call);
    // Looked at later; until then nobody listens.
    constraint.catch(() => undefined);
    return constraint;
  };
  return { threads, clock, engine, constrain };
}

/** Whether a promise has settled when all that has come was heard. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const settle = (): void => {
    settled = true;
  };
  promise.then(settle, settle);
  await turnOfTheLoop();
  return settled;
}

const tooLong = { code: 'unsupported_value', param: 'guided_grammar', message: 'expected a schema or grammar that takes less time' };
const broken = { code: 'unsupported_value', param: 'guided_grammar', message: expect.stringContaining('cannot be compiled') };

test('a format that hangs the scout is refused alone and once, and a running text and those behind it go on', async () => {
  const { threads, clock, constrain } = opened();
  const running = await constrain('running');
  const hung = constrain('scout:hang');
  const behind = constrain('behind');
  await threads.sign('try scout:hang');
  running.accept(3);
  expect(await allowedBy(running, 16)).toEqual([3]);
  const known = await constrain('running');
  known.close();
  clock.advance(compileLimitMs - 1);
  expect(await isSettled(hung)).toBe(false);
  clock.advance(1);
  await expect(hung).rejects.toMatchObject(tooLong);
  (await behind).close();
  await expect(constrain('scout:hang')).rejects.toMatchObject(tooLong);
  expect(await threads.threadsOf('try scout:hang')).toHaveLength(1);
  // The scout alone was replaced.
  expect(await threads.threadsOf('try behind')).not.toEqual(await threads.threadsOf('try scout:hang'));
  expect(await threads.threadsOf('open behind ')).toEqual((await threads.threadsOf('open running ')).slice(0, 1));
});

test('a format that hangs the scout is remembered when its client has left', async () => {
  const { threads, clock, constrain } = opened();
  const call = new CancellableCall();
  const left = constrain('scout:hang', call);
  await threads.sign('try scout:hang');
  call.cancel();
  await expect(left).rejects.toMatchObject({ code: 'client_closed_request' });
  const again = constrain('scout:hang');
  clock.advance(compileLimitMs);
  await expect(again).rejects.toMatchObject(tooLong);
  expect(await threads.threadsOf('try scout:hang')).toHaveLength(1);
});

test.each(['broken', 'throw', 'exit'])(
  'a format whose compile ends in "%s" is refused alone and once, with words of its own',
  async (word) => {
    const { threads, constrain } = opened();
    const running = await constrain('running');
    const failed = constrain(`scout:${word}`);
    const behind = constrain('behind');
    await expect(failed).rejects.toMatchObject(broken);
    (await behind).close();
    await expect(constrain(`scout:${word}`)).rejects.toMatchObject(broken);
    expect(await threads.threadsOf(`try scout:${word}`)).toHaveLength(1);
    running.accept(3);
    expect(await allowedBy(running, 16)).toEqual([3]);
  },
);

test('what is wrong with a format is told by its path, and is not the fault of the thread', async () => {
  const { threads, constrain } = opened();
  await expect(constrain('scout:wrong')).rejects.toMatchObject({ code: 'invalid_value', param: 'guided_grammar.here' });
  await expect(constrain('scout:wrong')).rejects.toMatchObject({ code: 'invalid_value', param: 'guided_grammar.here' });
  const [first, second] = await threads.threadsOf('try scout:wrong');
  expect(second).toBe(first);
});

test('the time of a compile counts from when the thread is up', async () => {
  const { threads, clock, constrain } = opened('held');
  const constraint = constrain('a');
  await threads.sign('starting', 2);
  clock.advance(maskLimitMs + compileLimitMs);
  expect(await isSettled(constraint)).toBe(false);
  threads.tell('start');
  (await constraint).close();
});

test('a thread that does not come up is no fault of the format', async () => {
  const { threads, clock, constrain } = opened('held');
  const constraint = constrain('a');
  await threads.sign('starting', 2);
  clock.advance(60_000);
  await expect(constraint).rejects.toMatchObject({ code: 'internal_error' });
  // The other thread too.
  await turnOfTheLoop();
  const again = constrain('a');
  await threads.sign('starting', 4);
  threads.tell('start');
  (await again).close();
});

test('a thread without a file is no fault of the format', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'heddle-grammar-'));
  toClose.push(() => rmSync(dir, { recursive: true }));
  const file = join(dir, 'thread.mjs');
  const { threads, constrain } = opened('byHand', { threadFile: pathToFileURL(file) });
  await expect(constrain('a')).rejects.toMatchObject({ code: 'internal_error' });
  writeFileSync(file, threads.source);
  (await constrain('a')).close();
});

test('a caller that leaves the queue makes room, and its format is not compiled', async () => {
  const { threads, constrain } = opened('byHand', { mostConstraints: 3 });
  const first = constrain('scout:wait');
  await threads.sign('try scout:wait');
  const call = new CancellableCall();
  const leaving = constrain('leaving', call);
  const last = constrain('last');
  await expect(constrain('one too many')).rejects.toMatchObject({ code: 'rate_limit_exceeded' });
  call.cancel();
  await expect(leaving).rejects.toMatchObject({ code: 'client_closed_request' });
  const inItsPlace = constrain('in its place');
  threads.tell('go scout:wait');
  for (const constraint of [first, last, inItsPlace]) (await constraint).close();
  expect(await threads.threadsOf('try leaving')).toEqual([]);
});

test('a format that two callers ask for at once is compiled once', async () => {
  const { threads, constrain } = opened();
  for (const constraint of await Promise.all([constrain('a'), constrain('a')])) constraint.close();
  expect(await threads.threadsOf('try a')).toHaveLength(1);
  expect(await threads.threadsOf('open a ')).toHaveLength(2);
});

test('the format that was not used for longest is compiled again', async () => {
  const { threads, constrain } = opened('byHand', { mostGrammars: 2 });
  for (const ebnf of ['a', 'b', 'a', 'c', 'a', 'b']) (await constrain(ebnf)).close();
  expect(await threads.signsOf('try')).toEqual(['try a', 'try b', 'try c', 'try b']);
});

test.each([false, true])('a text that hangs the mask thread fails alone, and its format is refused (client gone: %s)', async (isGone) => {
  const { threads, clock, constrain } = opened();
  const other = await constrain('other');
  for (const token of [4, 6]) other.accept(token);
  expect(await allowedBy(other, 16)).toEqual([6]);
  const hanging = await constrain('accept:hang');
  hanging.accept(9);
  await threads.sign('accept accept:hang 9');
  if (isGone) hanging.close();
  clock.advance(maskLimitMs - 1);
  expect(await isSettled(allowedBy(hanging, 16))).toBe(isGone);
  clock.advance(1);
  await threads.sign('open other 4,6');
  expect(await allowedBy(other, 16)).toEqual([6]);
  await expect(allowedBy(hanging, 16)).rejects.toMatchObject({ code: isGone ? 'replica_lost' : 'internal_error' });
  await expect(constrain('accept:hang')).rejects.toMatchObject(tooLong);
  expect(await threads.threadsOf('open other 4,6')).not.toEqual(await threads.threadsOf('open other '));
});

test('a format that only the mask thread cannot open is refused as one that takes too long or breaks', async () => {
  const { threads, clock, constrain } = opened();
  const other = await constrain('other');
  await expect(constrain('mask:broken')).rejects.toMatchObject(broken);
  const hung = constrain('mask:hang');
  await threads.sign('open mask:hang ');
  clock.advance(maskLimitMs);
  await expect(hung).rejects.toMatchObject(tooLong);
  await expect(constrain('mask:hang')).rejects.toMatchObject(tooLong);
  await expect(constrain('mask:broken')).rejects.toMatchObject(broken);
  expect(await allowedBy(other, 16)).toEqual([0]);
});

test('a thread that ends while it has nothing to do is replaced, and blames no one', async () => {
  const { threads, constrain } = opened();
  const running = await constrain('running');
  running.accept(5);
  expect(await allowedBy(running, 16)).toEqual([5]);
  threads.tell(`die ${(await threads.threadsOf('open running '))[0]}`);
  await threads.sign('open running 5');
  expect(await allowedBy(running, 16)).toEqual([5]);
  for (const ebnf of ['running', 'new']) (await constrain(ebnf)).close();
});

test('a client that leaves while its text is opened is told why, and frees it', async () => {
  const { threads, constrain } = opened();
  const call = new CancellableCall();
  const leaving = constrain('mask:wait', call);
  await threads.sign('open mask:wait ');
  call.cancel();
  await expect(leaving).rejects.toMatchObject({ code: 'client_closed_request' });
  threads.tell('go mask:wait');
  await threads.sign('close');
  (await constrain('next')).close();
});

test('later texts of what was let in are opened in a full house, also when the first is closed', async () => {
  const { constrain } = opened('byHand', { mostConstraints: 1 });
  const first = await constrain('a');
  const full = { code: 'rate_limit_exceeded' };
  await expect(constrain('a')).rejects.toMatchObject(full);
  const second = await first.again(new CancellableCall());
  first.close();
  await expect(constrain('a')).rejects.toMatchObject(full);
  second.close();
  const third = await second.again(new CancellableCall());
  third.accept(2);
  expect(await allowedBy(third, 16)).toEqual([2]);
  third.close();
  (await constrain('b')).close();
});

test('the scout ends when nothing new was asked for a minute, and the mask thread stays', async () => {
  const { threads, clock, constrain } = opened();
  (await constrain('a')).close();
  clock.advance(59_999);
  (await constrain('b')).close();
  clock.advance(59_999);
  (await constrain('c')).close();
  clock.advance(60_000);
  (await constrain('d')).close();
  const tried = await Promise.all(['a', 'b', 'c', 'd'].map((ebnf) => threads.threadsOf(`try ${ebnf}`)));
  const [a, b, c, d] = tried.flat();
  expect([b, c]).toEqual([a, a]);
  expect(d).not.toBe(a);
  expect(await threads.threadsOf('open d ')).toEqual(await threads.threadsOf('open a '));
});

test('an answer that came in time is heard, also when the limit is noticed first', async () => {
  const { threads, clock, constrain } = opened();
  const constraint = constrain('scout:wait');
  await threads.sign('try scout:wait');
  const answered = new Int32Array(new SharedArrayBuffer(4));
  threads.tell('go scout:wait', answered);
  // As when a long step of the decode loop ends: the answer waits, and the timer is due.
  Atomics.wait(answered, 0, 0);
  clock.advance(compileLimitMs);
  (await constraint).close();
});

test('a format far larger than any context is refused before anything is compiled', async () => {
  const { threads, engine } = opened();
  const schema = { type: 'string', description: 'x'.repeat(2 ** 21) };
  await expect(engine.constrain({ kind: 'jsonSchema', schema }, 'schema', new CancellableCall())).rejects.toMatchObject({
    code: 'unsupported_value',
    param: 'schema',
  });
  expect(await threads.signsOf('try')).toEqual([]);
});
