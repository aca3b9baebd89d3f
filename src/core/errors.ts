// The one error class that crosses rooms, threads and the wire.

import { type ErrorCode, errorCodes } from './error-codes.ts';

/** Details beside the message of an {@link InferenceError}. */
export interface ErrorDetails {
  /** Path of the wrong field, as the client would write it: `messages[0].content`. */
  readonly param?: string;
  /** Delay after which a retry makes sense, in milliseconds. */
  readonly retryAfterMs?: number;
  /** What caused it. Logged, never sent. */
  readonly cause?: unknown;
}

/** An error whose text the client may see. Messages say what was expected and what came, without user text or secrets. */
export class InferenceError extends Error {
  override readonly name: string = 'InferenceError';
  /** A code of the table, or a model's own code when thrown as an {@link HttpError}. */
  readonly code: string;
  readonly status: number;
  readonly param: string | null;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails & { readonly status?: number } = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.status = details.status ?? errorCodes[code].status;
    this.param = details.param ?? null;
    this.retryAfterMs = details.retryAfterMs;
  }
}

// Registered, so that every copy of the package has the same. The name of a class is no proof: other libraries throw an HttpError too.
const httpErrorBrand: unique symbol = Symbol.for('heddle.HttpError');

/**
 * Thrown by a Model class to choose the answer: status, message and, if wanted, code and field.
 * Throws: RangeError when the status is not from 400 to 599.
 * @example throw new HttpError(422, 'the image has no face', { code: 'no_face', param: 'image' });
 */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  /** Tells it from the errors of other libraries, whose text no client may see. */
  readonly [httpErrorBrand] = true;
  readonly status: number;
  readonly code: string | null;
  readonly param: string | null;

  constructor(
    status: number,
    message: string,
    details: { readonly code?: string; readonly param?: string; readonly cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    if (!isErrorStatus(status)) throw new RangeError(`expected a status from 400 to 599, got ${status}`);
    this.status = status;
    this.code = details.code ?? null;
    this.param = details.param ?? null;
  }
}

/** An error as plain data, because an `Error` loses class, name and code between threads. */
export interface ErrorRecord {
  readonly code: string;
  readonly status: number;
  readonly message: string;
  readonly param: string | null;
  readonly retryAfterMs?: number;
  /** Stack of the cause, for the log alone. */
  readonly stack?: string;
}

const failedMessage = 'the model failed to answer';

/**
 * Turns anything thrown into a record. Errors that are neither ours nor an {@link HttpError} become `internal_error` with
 * a fixed message: their text may hold a prompt or a secret, so it travels in `stack` for the log and no client sees it.
 */
export function toRecord(error: unknown): ErrorRecord {
  if (error instanceof InferenceError && isErrorStatus(error.status)) {
    const record = { code: error.code, status: error.status, message: error.message, param: error.param };
    return {
      ...record,
      ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
      ...(error.cause === undefined ? {} : { stack: stackOf(error.cause) }),
    };
  }
  // By brand, not instanceof: a model outside this package may carry its own copy of the class.
  if (error instanceof Error && httpErrorBrand in error && 'status' in error && isErrorStatus(error.status)) {
    const code = 'code' in error && typeof error.code === 'string' ? error.code : defaultCode(error.status);
    const param = 'param' in error && typeof error.param === 'string' ? error.param : null;
    return { code, status: error.status, message: error.message, param };
  }
  return { code: 'internal_error', status: 500, message: failedMessage, param: null, stack: stackOf(error) };
}

/** Rebuilds the error that {@link toRecord} flattened. */
export function fromRecord(record: ErrorRecord): InferenceError {
  // The record comes from the thread of a model, and a status that HTTP does not have would fail the answer itself.
  if (!isErrorStatus(record.status)) return new InferenceError('internal_error', failedMessage, { cause: record.stack ?? record.message });
  const details = {
    status: record.status,
    ...(record.param === null ? {} : { param: record.param }),
    ...(record.retryAfterMs === undefined ? {} : { retryAfterMs: record.retryAfterMs }),
    ...(record.stack === undefined ? {} : { cause: record.stack }),
  };
  // A model's own code is not in the table; the status it chose carries the meaning then.
  return new InferenceError(record.code as ErrorCode, record.message, details);
}

// Frames of the server's own folders, of Node and of the pool: they say nothing to whoever wrote the model.
const ownFolders = ['../', '../../workers/'].map((folder) => new URL(folder, import.meta.url).href);
const isOwnFrame = (line: string): boolean =>
  line.includes('node:internal/') || line.includes('/node_modules/piscina/') || ownFolders.some((folder) => line.includes(folder));

/** The stack cut to frames of the user's code; whole where none of them is. */
function usersFrames(stack: string): string {
  const lines = stack.split('\n');
  const isFrame = (line: string): boolean => line.startsWith('    at ');
  const kept = lines.filter((line) => !isFrame(line) || !isOwnFrame(line));
  return kept.some(isFrame) ? kept.join('\n') : stack;
}

// Of the codes that share a status, the one that says no more than the status does.
const codeOfStatus: Readonly<Partial<Record<number, ErrorCode>>> = {
  401: 'invalid_api_key',
  404: 'unknown_url',
  405: 'method_not_allowed',
  408: 'request_timeout',
  413: 'request_too_large',
  415: 'unsupported_media_type',
  429: 'rate_limit_exceeded',
  504: 'timeout',
};

function defaultCode(status: number): ErrorCode {
  return codeOfStatus[status] ?? (status < 500 ? 'invalid_value' : 'internal_error');
}

function isErrorStatus(status: unknown): status is number {
  return typeof status === 'number' && Number.isInteger(status) && status >= 400 && status <= 599;
}

function stackOf(error: unknown): string {
  if (error instanceof Error) return usersFrames(typeof error.stack === 'string' ? error.stack : `${error.name}: ${error.message}`);
  return typeof error === 'string' ? error : `thrown value of type ${typeof error}`;
}
