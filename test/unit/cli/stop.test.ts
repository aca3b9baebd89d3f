import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { stopOnSignals } from '../../../src/cli/stop.ts';

function stopping(shutDown: () => Promise<boolean>) {
  const ends: string[] = [];
  const signals = new EventEmitter();
  let nowMs = 0;
  const quiet = () => undefined;
  stopOnSignals({
    logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    clock: {
      now: () => nowMs,
      after: () => {
        throw new Error('no timer is needed');
      },
    },
    signals,
    shutDown,
    exit: (code) => ends.push(`exit ${code}`),
    kill: () => ends.push('kill'),
  });
  return { ends, send: (signal: string) => signals.emit(signal, signal), pass: (ms: number) => (nowMs += ms) };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const never = () => new Promise<boolean>(() => undefined);

test('a signal shuts down and exits with 0', async () => {
  const { ends, send } = stopping(async () => true);
  send('SIGTERM');
  await settled();
  expect(ends).toEqual(['exit 0']);
});

test('a native run that outlives its grace ends the process by a kill', async () => {
  const { ends, send } = stopping(async () => false);
  send('SIGTERM');
  await settled();
  expect(ends).toEqual(['kill']);
});

test('a failed shutdown ends the process by a kill', async () => {
  const { ends, send } = stopping(() => Promise.reject(new Error('no')));
  send('SIGTERM');
  await settled();
  expect(ends).toEqual(['kill']);
});

test('a second signal ends the process at once', () => {
  const { ends, send, pass } = stopping(never);
  send('SIGINT');
  pass(1000);
  send('SIGINT');
  expect(ends).toEqual(['kill']);
});

test('one key press that arrives twice counts once', () => {
  const { ends, send, pass } = stopping(never);
  send('SIGINT');
  pass(5);
  send('SIGINT');
  expect(ends).toEqual([]);
});
