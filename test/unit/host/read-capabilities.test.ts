import { expect, test } from 'vitest';
import { loadedCapabilities, staticCapabilities } from '../../../workers/host/read-capabilities.ts';
import { refusal } from '../dialects/framing.ts';

test('a class without capabilities has none', () => {
  class Plain {}
  expect([staticCapabilities(new Plain()), loadedCapabilities(new Plain())]).toEqual([{}, {}]);
});

test('static capabilities are known before the load', () => {
  class Declared {
    static capabilities = { tools: true, contextTokens: 8192, echo: undefined };
    predict() {}
  }
  expect(staticCapabilities(new Declared())).toEqual({ tools: true, contextTokens: 8192 });
});

test('a getter tells after the load, and wins over the static ones', () => {
  class Loaded {
    static capabilities = { tools: true, maxChoices: 2 };
    #most: number | undefined;
    get capabilities() {
      if (this.#most === undefined) throw new Error('expected load() first');
      return { maxChoices: this.#most };
    }
    load() {
      this.#most = 4;
    }
  }
  const model = new Loaded();
  expect(staticCapabilities(model)).toBeUndefined();
  model.load();
  expect(loadedCapabilities(model)).toEqual({ tools: true, maxChoices: 4 });
});

test.each([
  [{ tool: true }, 'expected static capabilities without tool; did you mean tools?'],
  [{ tools: 'yes' }, 'static capabilities: expected tools to be boolean, got string'],
  [{ dimensions: [384, 'a'] }, 'static capabilities: expected dimensions[1] to be integer, got string'],
  [{ topLogprobs: 21 }, 'static capabilities: expected topLogprobs to be <= 20, got 21'],
  [[], 'static capabilities: expected it to be object, got array'],
  [true, 'static capabilities: expected it to be object, got boolean'],
])('%j is refused by name', (capabilities, message) => {
  class Wrong {
    static capabilities = capabilities;
    predict() {}
  }
  expect(refusal(() => staticCapabilities(new Wrong()))).toMatchObject({ code: 'invalid_model', message });
});

test('a wrong member of the instance is told from the static ones', () => {
  class Wrong {
    capabilities = { maxChoices: 0 };
  }
  expect(refusal(() => loadedCapabilities(new Wrong()))).toMatchObject({
    code: 'invalid_model',
    message: 'capabilities: expected maxChoices to be >= 1, got 0',
  });
});
