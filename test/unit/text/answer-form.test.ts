import { expect, test } from 'vitest';
import type { GenerationRequest, OutputFormat, ToolDefinition } from '../../../src/contract/generation.ts';
import { InferenceError } from '../../../src/core/errors.ts';
import type { ToolGrammar } from '../../../workers/grammar/tool-grammar.ts';
import { AnswerForms } from '../../../workers/text/answer-form.ts';
import { CancellableCall } from '../../support/cancellable-call.ts';
import { FakeConstraint } from './fake-constraint.ts';
import { free } from './generation.ts';

const tools: readonly ToolDefinition[] = [{ name: 'a' }, { name: 'b' }, { name: 'c' }];
const format: OutputFormat = { kind: 'json' };

const beginning = [{ role: 'assistant', content: '{"a": ' }] as const;
const begun: GenerationRequest = { input: { kind: 'chat', messages: beginning, continueFinal: true }, inputParam: 'messages', format };

function formsOf(constraint: FakeConstraint): AnswerForms {
  return new AnswerForms(async () => constraint, { piece: () => ({ text: '', bytes: [] }) }, [], true);
}

/** Forms whose constraints are recorded. `refuse`: what opening one throws. */
function recorded(refuse?: (asked: OutputFormat | ToolGrammar) => InferenceError | undefined, takes = true, severalCalls = true) {
  const opened: { asked: OutputFormat | ToolGrammar; param: string; constraint: FakeConstraint }[] = [];
  const openConstraint = async (asked: OutputFormat | ToolGrammar, param: string) => {
    const error = refuse?.(asked);
    if (error !== undefined) throw error;
    const constraint = new FakeConstraint([], () => takes);
    opened.push({ asked, param, constraint });
    return constraint;
  };
  const forms = new AnswerForms(openConstraint, { piece: () => ({ text: '', bytes: [] }) }, [], severalCalls);
  const open = (more: Partial<GenerationRequest>) =>
    forms.open({ input: { kind: 'chat', messages: [], continueFinal: false }, inputParam: 'messages', ...more }, free);
  return { opened, open };
}

test.each<[Partial<GenerationRequest>, string, readonly string[]]>([
  [{}, 'nowhere', []],
  [{ format }, 'nowhere', ['json']],
  [{ tools }, 'anywhere', ['tools']],
  [{ tools, toolChoice: { mode: 'none' } }, 'nowhere', []],
  [{ tools, toolChoice: { mode: 'none' }, format }, 'nowhere', ['json']],
  [{ tools, toolChoice: { mode: 'required' } }, 'start', ['tools']],
  [{ tools, format }, 'start', ['tools', 'json']],
  [{ tools, format, toolChoice: { mode: 'required' } }, 'start', ['tools']],
])('%j lets calls begin %s and opens %j', async (request, callPlace, kinds) => {
  const { opened, open } = recorded();
  const form = await open(request);
  expect(form.callPlace).toBe(callPlace);
  expect(opened.map(({ asked }) => asked.kind)).toEqual(kinds);
  const first = await form.next();
  expect(first === undefined).toBe(kinds.length === 0);
  expect(opened.length).toBe(kinds.length);
  const second = await form.next();
  // Again, not anew: nothing is let in a second time.
  expect(opened.map(({ constraint }) => constraint.others.length)).toEqual(kinds.map(() => 1));
  expect(opened.length).toBe(kinds.length);
  first?.close();
  second?.close();
  form.close();
  expect(opened.flatMap(({ constraint }) => [constraint, ...constraint.others].map(({ closed }) => closed))).toEqual(
    kinds.flatMap(() => [1, 1]),
  );
});

test('a constraint that no text has taken is freed with the form', async () => {
  const { opened, open } = recorded();
  const form = await open({ format, formatParam: 'response_format' });
  form.close();
  expect(opened.map(({ param, constraint }) => [param, constraint.closed])).toEqual([['response_format', 1]]);
});

test.each<[Partial<GenerationRequest>, boolean, boolean]>([
  [{}, true, true],
  [{ parallelToolCalls: true }, true, true],
  [{ parallelToolCalls: false }, true, false],
  [{ parallelToolCalls: true }, false, false],
])('%j of a model that can call several tools (%s) allows several: %s', async (request, severalCalls, parallel) => {
  const { opened, open } = recorded(undefined, true, severalCalls);
  await open({ tools, ...request });
  expect(opened[0]?.asked).toMatchObject({ parallel });
});

test('every text of a request has its beginning', async () => {
  const { opened, open } = recorded();
  const form = await open(begun);
  await form.next();
  await form.next();
  expect(opened.map(({ constraint }) => [constraint, ...constraint.others].map(({ texts }) => texts))).toEqual([[['{"a": '], ['{"a": ']]]);
});

test('only the named tools may be called, and errors have their places in the request', async () => {
  const refusal = (path: string) => new InferenceError('unsupported_value', 'expected less', { param: path });
  const allowed = { tools, toolChoice: { mode: 'auto', names: ['b', 'c'] } } as const;
  const { opened, open } = recorded();
  await open(allowed);
  expect(opened[0]?.asked).toMatchObject({ tools: [{ name: 'b' }, { name: 'c' }] });
  const wrong = recorded(() => refusal('tools[1].function.parameters.properties.x'));
  await expect(wrong.open(allowed)).rejects.toMatchObject({
    code: 'unsupported_value',
    param: 'tools[2].function.parameters.properties.x',
  });
  await expect(wrong.open({ ...allowed, toolsParam: 'functions' })).rejects.toMatchObject({
    param: 'functions[2].parameters.properties.x',
  });
});

test('arguments of another type than an object are refused by name', async () => {
  const { open } = recorded();
  const list = [{ name: 'a' }, { name: 'b', parameters: { type: 'array' } }];
  await expect(open({ tools: list })).rejects.toMatchObject({ code: 'invalid_value', param: 'tools[1].function.parameters.type' });
});

test('a format that is refused frees the calls beside it', async () => {
  const { opened, open } = recorded((asked) => (asked.kind === 'json' ? new InferenceError('invalid_value', 'no') : undefined));
  await expect(open({ tools, format })).rejects.toThrow('no');
  expect(opened.map(({ constraint }) => constraint.closed)).toEqual([1]);
});

test('a beginning of the answer is part of the format, and no call can follow it', async () => {
  const { opened, open } = recorded();
  await open({ ...begun, tools });
  expect(opened.map(({ constraint }) => [constraint.texts, constraint.closed])).toEqual([
    [[], 1],
    [['{"a": '], 0],
  ]);
  const other = recorded(undefined, false);
  await expect(other.open(begun)).rejects.toMatchObject({ code: 'invalid_value', param: 'messages' });
  expect(other.opened[0]?.constraint.closed).toBe(1);
});

test('a client that leaves while the beginning is taken frees the constraint and is told why', async () => {
  const call = new CancellableCall();
  const slow = new FakeConstraint([]);
  const closed = new Promise<void>((resolve) => {
    slow.close = resolve;
  });
  slow.acceptText = async () => {
    call.cancel();
    await closed;
    throw new InferenceError('replica_lost', 'the constraint was closed');
  };
  await expect(formsOf(slow).open(begun, call)).rejects.toMatchObject({ code: 'client_closed_request' });
});

test('a constraint that fails over the beginning is freed', async () => {
  const failing = new FakeConstraint([]);
  failing.acceptText = async () => {
    throw new InferenceError('internal_error', 'broken');
  };
  await expect(formsOf(failing).open(begun, free)).rejects.toThrow('broken');
  expect(failing.closed).toBe(1);
});
