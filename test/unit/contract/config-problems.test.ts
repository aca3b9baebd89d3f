// What is wrong inside a union is told of the branch that was meant.

import Type from 'typebox';
import { expect, test } from 'vitest';
import { configProblems } from '../../../src/contract/config-problems.ts';

const strict = { additionalProperties: false } as const;
const end = { seconds: Type.Optional(Type.Number({ exclusiveMinimum: 0 })), warmup: Type.Integer({ default: 8 }) };
const length = Type.Union([
  Type.Integer({ minimum: 1 }),
  Type.Object({ uniform: Type.Object({ min: Type.Integer(), max: Type.Integer() }, strict) }, strict),
  Type.Object({ lognormal: Type.Object({ median: Type.Number() }, strict) }, strict),
]);
const schema = Type.Object(
  {
    steps: Type.Optional(
      Type.Array(
        Type.Union([
          Type.Object({ open: Type.Object({ rate: Type.Number(), words: Type.Optional(length) }, strict), ...end }, strict),
          Type.Object({ closed: Type.Object({ clients: Type.Integer({ minimum: 1 }) }, strict), ...end }, strict),
        ]),
      ),
    ),
    threads: Type.Optional(Type.Union([Type.Literal('auto'), Type.Integer({ minimum: 1, maximum: 64 })])),
    route: Type.Optional(Type.Union([Type.Literal('chat'), Type.Literal('embeddings')])),
    secret: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  },
  strict,
);

const problems = (value: unknown): string[] => configProblems(schema, value);
const ofStep = (step: unknown): string[] => problems({ steps: [{ open: { rate: 1 }, warmup: 0 }, step] });

test('a fault in one branch is told alone, with its path', () => {
  expect(ofStep({ closed: { clients: 0 } })).toEqual(['steps[1].closed.clients: must be >= 1, got 0']);
  expect(ofStep({ open: {}, seconds: 0 })).toEqual(['steps[1].open.rate: missing', 'steps[1].seconds: must be > 0, got 0']);
  expect(ofStep({ closed: { client: 1, clients: 1 } })).toEqual(['steps[1].closed.client: unknown key; did you mean "clients"?']);
});

test('a mistyped key of a branch tells which was meant', () => {
  expect(ofStep({ clsed: { clients: 1 } })).toEqual(['steps[1].closed: missing', 'steps[1].clsed: unknown key; did you mean "closed"?']);
});

test('where no key tells the branch, the keys are told', () => {
  expect(ofStep({})).toEqual(['steps[1]: expected an object with open or closed, got an object']);
  expect(ofStep({ seconds: 1 })).toEqual(['steps[1]: expected an object with open or closed, got an object']);
  expect(ofStep('fast')).toEqual(['steps[1]: expected any object, got a string']);
});

test('keys of two branches at once are a fault of the second', () => {
  expect(ofStep({ open: { rate: 1 }, closed: { clients: 1 } })).toEqual(['steps[1].closed: unknown key']);
});

test('a union inside a union is told by its innermost fault', () => {
  expect(ofStep({ open: { rate: 1, words: { uniform: { min: 1 } } } })).toEqual(['steps[1].open.words.uniform.max: missing']);
  expect(ofStep({ open: { rate: 1, words: 0 } })).toEqual(['steps[1].open.words: must be >= 1, got 0']);
  expect(ofStep({ open: { rate: 1, words: 'many' } })).toEqual(['steps[1].open.words: expected any integer or any object, got a string']);
});

test('a value of the type of one branch is held to that branch', () => {
  expect(problems({ threads: 65 })).toEqual(['threads: must be <= 64, got 65']);
  expect(problems({ threads: 'atuo' })).toEqual(['threads: expected auto or any integer, got a string; did you mean "auto"?']);
  expect(problems({ secret: 1 })).toEqual(['secret: expected any string or null, got 1']);
});

test('a mistyped constant tells the nearest one', () => {
  expect(problems({ route: 'embedings' })).toEqual(['route: expected chat or embeddings, got a string; did you mean "embeddings"?']);
  expect(problems({ route: 'speech' })).toEqual(['route: expected chat or embeddings, got a string']);
});

test('the value that is looked at stays as it was', () => {
  const value = { steps: [{ closed: { clients: 0 } }] };
  problems(value);
  expect(value).toEqual({ steps: [{ closed: { clients: 0 } }] });
});
