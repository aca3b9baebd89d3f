import { expect, test } from 'vitest';
import { refuseLaterParts } from '../../../workers/host/later-parts.ts';

class Socketed {
  websocket(_socket: unknown) {}
}

test('static batch and a websocket method are refused by name', () => {
  class Batched {
    static batch = { predict: { maxBatchSize: 8, maxQueueDelayMs: 5 } };
    predict() {}
  }
  class Both extends Socketed {
    static batch = {};
  }
  for (const [instance, message] of [
    [new Batched(), 'static batch is not supported by this version; remove it'],
    [new Socketed(), 'a websocket method is not supported by this version; remove it'],
    [new Both(), 'static batch and a websocket method are not supported by this version; remove them'],
  ] as const) {
    expect(() => refuseLaterParts(instance)).toThrow(expect.objectContaining({ code: 'invalid_model', message }));
  }
});

test('a class without them passes', () => {
  class Plain {
    readonly batch = 8;
    readonly websocket = 'no method';
    predict() {}
  }
  expect(() => refuseLaterParts(new Plain())).not.toThrow();
});
