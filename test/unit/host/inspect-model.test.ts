import { expect, test } from 'vitest';
import { inspectModel } from '../../../workers/host/inspect-model.ts';

const code = 'invalid_model';

test('methods are found by name, on the prototype and as fields', () => {
  class Model {
    completions = () => 'field';
    embeddings() {}
  }
  expect([...inspectModel(new Model()).methods.keys()]).toEqual(['completions', 'embeddings']);
});

test('a found method is bound to its instance', () => {
  class Model {
    readonly #answer = 42;
    predict() {
      return this.#answer;
    }
  }
  expect(inspectModel(new Model()).methods.get('predict')?.()).toBe(42);
});

test('the spelling of Truss is accepted for methods and lifecycle members', () => {
  const inspected = inspectModel({ chat_completions: () => 'chat', is_healthy: () => false, setup_environment: () => 'set' });
  expect(inspected.description).toEqual({ methods: ['chatCompletions'], schemas: {}, hasIsHealthy: true, hasStages: false });
  expect(inspected.methods.get('chatCompletions')?.()).toBe('chat');
  expect(inspected.member('isHealthy')?.()).toBe(false);
  expect(inspected.member('setupEnvironment')?.()).toBe('set');
});

test('a member that is not there is undefined', () => {
  const inspected = inspectModel({ predict: () => 1 });
  expect(inspected.member('load')).toBeUndefined();
  expect(inspected.description.hasIsHealthy).toBe(false);
});

test('a class without any method is refused by the list of them', () => {
  for (const instance of [{}, { load: () => undefined }, { predict: 'no function' }]) {
    expect(() => inspectModel(instance)).toThrow(
      expect.objectContaining({
        code,
        message: 'expected a class with at least one of predict, chatCompletions, completions, embeddings, responses, messages, found none',
      }),
    );
  }
});

const doubled: Readonly<Record<string, object>> = {
  'expected chatCompletions or chat_completions, found both': { chatCompletions: () => 1, chat_completions: () => 1 },
  'expected isHealthy or is_healthy, found both': { predict: () => 1, isHealthy: () => true, is_healthy: () => true },
  'expected setupEnvironment or setup_environment, found both': { predict: () => 1, setupEnvironment: () => 1, setup_environment: () => 1 },
};
for (const [message, instance] of Object.entries(doubled)) {
  test(`both spellings of one name are refused: ${message}`, () => {
    expect(() => inspectModel(instance)).toThrow(expect.objectContaining({ code, message }));
  });
}

for (const name of [
  'predict',
  'embeddings',
  'preprocess',
  'postprocess',
  'load',
  'unload',
  'isHealthy',
  'setupEnvironment',
  'is_healthy',
]) {
  test(`${name} with three parameters is refused by name`, () => {
    const three = (a: unknown, b: unknown, c: unknown) => [a, b, c];
    const message = `expected ${name} with at most 2 parameters, found 3`;
    expect(() => inspectModel({ predict: () => 1, [name]: three })).toThrow(expect.objectContaining({ code, message }));
  });
}

test('two parameters, and any number with defaults, are fine', () => {
  const inspected = inspectModel({
    predict: (body: unknown, request: unknown) => [body, request],
    embeddings: (body: unknown, request: unknown, more = 1) => [body, request, more],
  });
  expect([...inspected.methods.keys()]).toEqual(['predict', 'embeddings']);
});

test('static schemas are told as plain JSON, by either spelling', () => {
  class Model {
    static schemas = {
      predict: { input: { type: 'object', [Symbol('kind')]: 'Object', check: () => true } },
      chat_completions: { output: { type: 'string' } },
      unknown: { input: {} },
      embeddings: 'no schema',
    };
    predict() {}
  }
  expect(inspectModel(new Model()).description.schemas).toEqual({
    predict: { input: { type: 'object' } },
    chatCompletions: { output: { type: 'string' } },
  });
});
