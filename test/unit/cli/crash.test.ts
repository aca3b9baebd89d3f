import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { killOnUncaught } from '../../../src/cli/crash.ts';
import { createLogger } from '../../../src/cli/log.ts';

function crashing(write: (line: string) => void) {
  const ends: string[] = [];
  const errors = new EventEmitter();
  const logger = createLogger({ level: 'error', json: true, color: false, write, time: () => new Date(0) });
  killOnUncaught({ logger, errors, kill: () => ends.push('kill') });
  return { ends, errors };
}

test.each([
  ['uncaughtException', 'uncaught error; ending the process'],
  ['unhandledRejection', 'unhandled rejection; ending the process'],
])('an %s is one line with its stack, then a kill', (event, message) => {
  const lines: string[] = [];
  const { ends, errors } = crashing((line) => lines.push(line));
  const error = new Error('lost');
  errors.emit(event, error);
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { time: '1970-01-01T00:00:00.000Z', level: 'error', message, error: error.stack },
  ]);
  expect(lines[0]?.endsWith('\n') && lines[0].indexOf('\n') === lines[0].length - 1).toBe(true);
  expect(ends).toEqual(['kill']);
});

test('what is thrown need not be an error', () => {
  const lines: string[] = [];
  const { ends, errors } = crashing((line) => lines.push(line));
  errors.emit('unhandledRejection', undefined);
  expect(lines).toHaveLength(1);
  expect(ends).toEqual(['kill']);
});

test('a second error adds nothing', () => {
  const lines: string[] = [];
  const { ends, errors } = crashing((line) => lines.push(line));
  errors.emit('uncaughtException', new Error('first'));
  errors.emit('unhandledRejection', new Error('second'));
  expect(lines).toHaveLength(1);
  expect(ends).toEqual(['kill']);
});

test('a log that cannot be written does not keep the process alive', () => {
  const { ends, errors } = crashing(() => {
    throw new Error('EPIPE');
  });
  expect(() => errors.emit('uncaughtException', new Error('lost'))).toThrow('EPIPE');
  expect(ends).toEqual(['kill']);
});
