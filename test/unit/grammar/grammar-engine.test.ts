// Random walks over the tokens that the masks allow, with the shipped tokenizer: whatever they write validates.

import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import { afterAll, expect, test } from 'vitest';
import { GrammarEngine } from '../../../workers/grammar/grammar-engine.ts';
import { systemClock } from '../../../src/core/clock.ts';
import type { OutputFormat } from '../../../src/contract/generation.ts';
import { CancellableCall } from '../../support/cancellable-call.ts';
import { ConstrainedWalks, limits, stopId, threadFile } from '../../support/constrained-walk.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { stringFormats } from '../../../workers/grammar/string-formats.ts';
import { twentySchemas } from '../../support/twenty-schemas.ts';
import { allowedBy } from '../text/fake-constraint.ts';
import { SignallingThreads } from './signalling-threads.ts';

const walks = new ConstrainedWalks();
const { engine, vocabulary } = walks;
afterAll(() => walks.close());

const schemas: Readonly<Record<string, object>> = {
  ...twentySchemas,
  'counts of several': {
    type: 'array',
    items: {
      anyOf: [
        { type: 'string', maxLength: 3 },
        { type: 'string', minLength: 20 },
      ],
    },
    prefixItems: [
      { type: 'string', minLength: 1, maxLength: 1 },
      { type: 'string', maxLength: 0 },
      { type: 'string', minLength: 30, maxLength: 40 },
    ],
    minItems: 3,
    maxItems: 5,
  },
  'characters that are all but some': { type: 'string', pattern: '^\\S{2,4}\\s\\W$' },
  'characters beyond ASCII': { type: 'string', pattern: '^[а-я]{2}[^0-9a-fé]$' },
  formats: {
    type: 'array',
    prefixItems: [...stringFormats.keys()].map((format) => ({ type: 'string', format })),
    items: false,
    minItems: stringFormats.size,
  },
  'escapes in a pattern': { type: 'string', pattern: '^[^a]{2}\\d+(x|"|\\\\)$' },
};

for (const [name, schema] of Object.entries(schemas)) {
  test(`random text under the schema "${name}" validates`, async () => {
    const isValid = ajvFormats.default(new Ajv2020({ strict: false })).compile(schema);
    for (const seed of [1, 2]) {
      const text = await walks.walk({ kind: 'jsonSchema', schema }, seed);
      expect(isValid(JSON.parse(text)), text).toBe(true);
    }
  }, 60_000);
}

test('json is an object', async () => {
  const text = await walks.walk({ kind: 'json' }, 11, 30);
  expect(JSON.parse(text)).toBeTypeOf('object');
  expect(text).toMatch(/^\{/);
}, 60_000);

test('a regular expression holds for the whole text', async () => {
  expect(await walks.walk({ kind: 'regex', pattern: '[a-c]{3}-\\d{2}' }, 5)).toMatch(/^[a-c]{3}-\d{2}$/);
}, 60_000);

test('a tool call names a tool and fits its parameters', async () => {
  const parameters = { type: 'object', properties: { n: { type: 'integer', minimum: 1, maximum: 9 } }, required: ['n'] };
  const text = await walks.walk({ kind: 'tools', tools: [{ name: 'roll', parameters }], parallel: false }, 3);
  expect(text).toMatch(/^<tool_call>\n\{"name": "roll", "arguments": \{"n": [1-9]\}\}\n<\/tool_call>$/);
}, 60_000);

test('text before the constraint is taken where it fits', async () => {
  const constraint = await engine.constrain({ kind: 'tools', tools: [{ name: 'f' }], parallel: true }, 'tools', new CancellableCall());
  expect(await constraint.acceptText('<tool_call>\n{"name": "f')).toBe(true);
  expect(await constraint.acceptText('no')).toBe(false);
  constraint.close();
}, 60_000);

test('a keyword that a grammar cannot hold is refused by its path', async () => {
  const schema = { type: 'object', properties: { age: { type: 'integer', multipleOf: 3 } } };
  await expect(
    engine.constrain({ kind: 'jsonSchema', schema }, 'response_format.json_schema.schema', new CancellableCall()),
  ).rejects.toMatchObject({
    code: 'unsupported_value',
    param: 'response_format.json_schema.schema.properties.age.multipleOf',
  });
});

test('oneOf is taken where no value fits two branches, and refused elsewhere', async () => {
  const kind = (name: string) => ({ type: 'object', properties: { kind: { const: name }, size: { type: 'integer' } }, required: ['kind'] });
  const refused = (oneOf: object[]) =>
    engine.constrain({ kind: 'jsonSchema', schema: { oneOf, $defs: { a: kind('a') } } }, 'schema', new CancellableCall());
  (await refused([{ $ref: '#/$defs/a' }, kind('b'), { type: 'null' }])).close();
  await expect(refused([{ $ref: '#/$defs/a' }, kind('b'), kind('a')])).rejects.toMatchObject({ param: 'schema.oneOf[2]' });
  await expect(refused([{ type: 'integer' }, { type: 'number' }])).rejects.toMatchObject({ param: 'schema.oneOf[1]' });
  await expect(refused([{ enum: [1, 2] }, { enum: [2, 3] }])).rejects.toMatchObject({ param: 'schema.oneOf[1]' });
}, 60_000);

test('a grammar that cannot be read fails alone', async () => {
  const other = await engine.constrain({ kind: 'json' }, 'format', new CancellableCall());
  await expect(engine.constrain({ kind: 'grammar', ebnf: 'root ::= (' }, 'grammar', new CancellableCall())).rejects.toMatchObject({
    status: 400,
    param: 'grammar',
  });
  await other.apply(new Float32Array(vocabulary.length));
  other.close();
}, 60_000);

/** The library would need minutes: many optional parts after each other. */
const endless: OutputFormat = { kind: 'grammar', ebnf: `root ::= "x" ${'[a-z]? '.repeat(98)}\n` };

test('a running text goes on beside a compile, and a compile that takes too long fails alone and only once', async () => {
  const clock = new FakeClock();
  const threads = new SignallingThreads('real');
  const own = GrammarEngine.open({ vocabulary, stopIds: [stopId], clock, threadFile: threads.file, compileLimitMs: 2000 });
  try {
    const other = await own.constrain({ kind: 'regex', pattern: 'a*' }, 'format', new CancellableCall());
    const slow = own.constrain(endless, 'guided_grammar', new CancellableCall());
    let isOver = false;
    const over = (): void => {
      isOver = true;
    };
    slow.then(over, over);
    // The second: the first was of the text above.
    await threads.sign('try', 2);
    const a = vocabulary.indexOf('a');
    const allowed = await allowedBy(other, vocabulary.length);
    expect(allowed).toContain(a);
    for (let step = 0; step < 50; step += 1) {
      other.accept(a);
      expect(await allowedBy(other, vocabulary.length)).toEqual(allowed);
    }
    expect(isOver).toBe(false);
    clock.advance(2000);
    await expect(slow).rejects.toMatchObject({ code: 'unsupported_value', param: 'guided_grammar' });
    await expect(own.constrain(endless, 'guided_grammar', new CancellableCall())).rejects.toMatchObject({ code: 'unsupported_value' });
    // On the scout that took its place, without any time given.
    (await own.constrain({ kind: 'grammar', ebnf: 'root ::= "x" [a-z]?\n' }, 'guided_grammar', new CancellableCall())).close();
    const tried = await threads.threadsOf('try');
    expect(tried).toHaveLength(3);
    expect(tried[1]).toBe(tried[0]);
    expect(tried[2]).not.toBe(tried[1]);
    // One mask thread had all of them.
    expect(new Set(await threads.threadsOf('open')).size).toBe(1);
    other.close();
  } finally {
    await own.close();
    threads.close();
  }
}, 60_000);

test('a text goes on where it was on a new thread, with its counts', async () => {
  const threads = new SignallingThreads('real');
  const own = GrammarEngine.open({ vocabulary, stopIds: [stopId], clock: systemClock, threadFile: threads.file, ...limits });
  try {
    const schema = { type: 'string', minLength: 3, maxLength: 4 };
    const constraint = await own.constrain({ kind: 'jsonSchema', schema }, 'format', new CancellableCall());
    for (const text of ['"', 'a', 'b']) constraint.accept(vocabulary.indexOf(text));
    const before = await allowedBy(constraint, vocabulary.length);
    const isAllowed = (text: string): boolean => before.includes(vocabulary.indexOf(text));
    expect(['c', 'cd', '"', 'ing'].map(isAllowed)).toEqual([true, true, false, false]);
    threads.tell(`die ${(await threads.threadsOf('open'))[0]}`);
    await threads.sign('open', 2);
    expect(await allowedBy(constraint, vocabulary.length)).toEqual(before);
  } finally {
    await own.close();
    threads.close();
  }
}, 60_000);

test('a class beyond ASCII in a grammar is refused, because the library misreads it', async () => {
  for (const ebnf of ['root ::= [à-é]\n', 'root ::= [^é]\n', 'root ::= "[x" | [a\\u00e9]\n']) {
    await expect(engine.constrain({ kind: 'grammar', ebnf }, 'guided_grammar', new CancellableCall()), ebnf).rejects.toMatchObject({
      code: 'unsupported_value',
      param: 'guided_grammar',
    });
  }
  const fine = await engine.constrain({ kind: 'grammar', ebnf: 'root ::= "[à-é]" | "é" | [^a-c]\n' }, 'format', new CancellableCall());
  fine.close();
}, 60_000);

test('a token without text is never allowed, and logits may be more or fewer than tokens', async () => {
  for (const logitCount of [2, 4, 40]) {
    const own = GrammarEngine.open({
      vocabulary: ['', 'a', 'b', '<end>'],
      stopIds: [3],
      logitCount,
      clock: systemClock,
      threadFile,
      ...limits,
    });
    const constraint = await own.constrain({ kind: 'regex', pattern: '[a-z]*' }, 'format', new CancellableCall());
    expect(await allowedBy(constraint, logitCount)).toEqual([1, 2, 3].filter((id) => id < logitCount));
    await own.close();
  }
}, 60_000);

test('what is open fails when the engine closes', async () => {
  const own = GrammarEngine.open({ vocabulary: ['a', '<end>'], stopIds: [1], clock: systemClock, threadFile });
  const constraint = await own.constrain({ kind: 'regex', pattern: 'a' }, 'format', new CancellableCall());
  await own.close();
  expect(() => constraint.apply(new Float32Array(2))).toThrow(expect.objectContaining({ code: 'replica_lost' }));
  await expect(own.constrain({ kind: 'json' }, 'format', new CancellableCall())).rejects.toMatchObject({ code: 'replica_lost' });
});
