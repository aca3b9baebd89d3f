import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { ReplicaMemory } from '../../../src/contract/replica-memory.ts';
import type { FromHost } from '../../../src/contract/thread.ts';
import { modelContext } from '../../../workers/host/context.ts';
import { descriptor } from './fixtures.ts';

function open() {
  const memory = new ReplicaMemory({ slots: 1 });
  const sent: FromHost[] = [];
  // Throws for what cannot cross threads, as the port does.
  const context = modelContext(descriptor, memory, (message) => void sent.push(structuredClone(message)));
  return { context, memory, sent };
}

test('the context tells the model what it is', () => {
  const { context } = open();
  expect(context).toMatchObject({ name: 'tiny', dataDir: '/models/tiny/data', environment: 'production', device: 'cpu', threads: 2 });
  expect(context.config).toBe(descriptor.config);
});

test('secrets are readable, and not seen by whoever prints or spreads the context', () => {
  const { context } = open();
  expect(context.secrets['token']).toBe('do not tell');
  for (const shown of [JSON.stringify(context), inspect(context, { depth: 9 }), JSON.stringify({ ...context })])
    expect(shown).not.toContain('do not tell');
  expect(Object.keys(context)).not.toContain('secrets');
});

test('secrets cannot be altered', () => {
  const { context } = open();
  expect(() => Object.assign(context.secrets, { token: 'other' })).toThrow(TypeError);
  expect(descriptor.secrets['token']).toBe('do not tell');
});

test('log lines are sent with their level and fields', () => {
  const { context, sent } = open();
  context.logger.warn('careful', { count: 3 });
  context.logger.debug('quiet');
  expect(sent).toEqual([
    { type: 'log', level: 'warn', message: 'careful', fields: { count: 3 } },
    { type: 'log', level: 'debug', message: 'quiet', fields: {} },
  ]);
});

test('a field that cannot cross threads becomes text, and fails no call', () => {
  const { context, sent } = open();
  context.logger.error('odd', { count: 3, callback: () => 1, bare: Object.create(null) });
  expect(sent).toEqual([
    {
      type: 'log',
      level: 'error',
      message: 'odd',
      fields: { count: '3', callback: '[Function: callback]', bare: '[Object: null prototype] {}' },
    },
  ]);
});

test('a message or fields of another type are sent as what the server expects', () => {
  const { context, sent } = open();
  for (const given of [[new Error('boom')], [Symbol('odd'), null], ['said', new Error('why')]])
    Reflect.apply(context.logger.error, context.logger, given);
  expect(sent).toEqual([
    { type: 'log', level: 'error', message: expect.stringContaining('Error: boom'), fields: {} },
    { type: 'log', level: 'error', message: 'Symbol(odd)', fields: { value: null } },
    { type: 'log', level: 'error', message: 'said', fields: { value: new Error('why') } },
  ]);
});

test('the native gauge counts in the shared memory, and refuses once the thread is ending', () => {
  const { context, memory } = open();
  context.native.enter();
  expect(memory.mayEnd()).toBe(false);
  expect(() => context.native.enter()).toThrow(expect.objectContaining({ code: 'replica_lost' }));
  context.native.leave();
  expect(memory.mayEnd()).toBe(true);
});
