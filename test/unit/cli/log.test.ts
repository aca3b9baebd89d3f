import { expect, test } from 'vitest';
import { createLogger, type LogLevel } from '../../../src/cli/log.ts';

function logging(json: boolean, level: LogLevel = 'info') {
  const lines: string[] = [];
  const logger = createLogger({ level, json, color: false, write: (line) => lines.push(line), time: () => new Date(0) });
  return { lines, logger };
}

test('a text line has time, level, message and fields', () => {
  const { lines, logger } = logging(false);
  logger.info('request', { id: 'a b', ms: 3, code: undefined });
  expect(lines).toEqual(['00:00:00.000 info  request id="a b" ms=3\n']);
});

test('a JSON line cannot have its level forged by a field', () => {
  const { lines, logger } = logging(true);
  logger.warn('low', { level: 'debug', n: 1 });
  expect(JSON.parse(lines[0] ?? '')).toEqual({ time: '1970-01-01T00:00:00.000Z', level: 'warn', message: 'low', n: 1 });
});

test('lines below the level are dropped', () => {
  const { lines, logger } = logging(false, 'warn');
  logger.info('quiet');
  logger.error('loud');
  expect(lines).toHaveLength(1);
});

test('fields that JSON cannot hold do not throw', () => {
  const { lines, logger } = logging(true);
  logger.info('big', { n: 1n });
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ message: 'big' });
});

test('a message with a line break stays one line', () => {
  const { lines, logger } = logging(false);
  logger.info('one\nfake error line');
  expect(lines[0]).toBe('00:00:00.000 info  one fake error line\n');
});

test('a field with a line break cannot forge a line, and a stack keeps its own', () => {
  const { lines, logger } = logging(false);
  logger.info('request', { model: 'a\n00:00:00.000 error forged', stack: 'Error: no\n    at here' });
  expect(lines[0]).toBe('00:00:00.000 info  request model="a\\n00:00:00.000 error forged" stack=\nError: no\n    at here\n');
});

test('a message that is no string is written as text', () => {
  for (const json of [false, true]) {
    const { lines, logger } = logging(json);
    for (const message of [new Error('boom'), Object.create(null), undefined]) Reflect.apply(logger.error, logger, [message, null]);
    expect(lines).toHaveLength(3);
    expect(lines[0]).toContain('Error: boom');
    expect(lines[1]).toContain('object');
  }
});
