// The server's log on standard error: lines for a person or one JSON object per line for a collector.

import type { Logger } from '../contract/model.ts';

const levels = ['debug', 'info', 'warn', 'error'] as const;

export type LogLevel = (typeof levels)[number];

export interface LogOptions {
  readonly level: LogLevel;
  readonly json: boolean;
  /** Colours the level; for a terminal. */
  readonly color: boolean;
  readonly write: (line: string) => void;
  /** Wall-clock time of a line. */
  readonly time: () => Date;
}

type Fields = Readonly<Record<string, unknown>>;

/** A logger that writes one line per call and never throws, whatever the fields hold. */
export function createLogger(options: LogOptions): Logger {
  const least = levels.indexOf(options.level);
  const format = options.json ? jsonLine : textLine;
  const at =
    (level: LogLevel) =>
    (message: string, fields?: Fields): void => {
      if (levels.indexOf(level) < least) return;
      options.write(`${format(options, level, anyText(message), fields ?? {})}\n`);
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

export function isLogLevel(text: string): text is LogLevel {
  return levels.some((level) => level === text);
}

function jsonLine(options: LogOptions, level: LogLevel, message: string, fields: Fields): string {
  const plain = Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, value instanceof Error ? value.stack : value]));
  // Fields last lose to the fixed keys, so that a model cannot forge level or time.
  const line = { ...plain, time: options.time().toISOString(), level, message };
  return stringify(line) ?? JSON.stringify({ time: line.time, level, message });
}

const colors: Readonly<Record<LogLevel, number>> = { debug: 90, info: 36, warn: 33, error: 31 };

function textLine(options: LogOptions, level: LogLevel, message: string, fields: Fields): string {
  const time = options.time().toISOString().slice(11, 23);
  const name = level.padEnd(5);
  const label = options.color ? `\u001b[${colors[level]}m${name}\u001b[0m` : name;
  const known = Object.entries(fields).filter(([, value]) => value !== undefined);
  const parts = known.map(([key, value]) => `${key}=${key === 'stack' && typeof value === 'string' ? `\n${value}` : textOf(value)}`);
  return [time, label, oneLine(message), ...parts].join(' ');
}

function textOf(value: unknown): string {
  if (value instanceof Error) return value.stack ?? value.message;
  if (typeof value === 'string') return /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
  return stringify(value) ?? anyText(value);
}

/** As text, as far as it has any. Plain JavaScript may pass a message that is no string. */
function anyText(message: unknown): string {
  if (typeof message === 'string') return message;
  try {
    return String(message);
  } catch {
    return typeof message; // an object without a prototype, or one whose toString throws
  }
}

// A message from a model must not be able to forge a second log line.
function oneLine(message: string): string {
  return message.replaceAll(/[\r\n]+/g, ' ');
}

/** JSON, or undefined for what JSON cannot hold: cycles, bigints, functions. */
function stringify(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
