// Answers to what never became a whole request: a timeout while receiving, too many headers, broken HTTP.

import type { Socket } from 'node:net';
import { InferenceError, toRecord, type ErrorRecord } from '../core/errors.ts';
import { newRequestId } from '../core/ids.ts';
import { errorBody, isFinal } from '../dialects/error-body.ts';
import { pathOf } from './error-reply.ts';
import { familyOf } from './not-found.ts';
import type { OpenAnswers } from './open-answers.ts';

/**
 * Answers and closes the connection; only closes it where no answer can be taken for the right one. `corsOf`: what a browser needs to
 * read the answer, by the origin of the request. Where the head itself is late, broken or too long there is no origin to tell it.
 */
export function refuseSocket(
  error: NodeJS.ErrnoException,
  socket: Socket,
  answers: OpenAnswers,
  corsOf: (origin: string) => Readonly<Record<string, string>>,
): void {
  const broken = answers.brokenAt(socket);
  if (error.code === 'ECONNRESET' || !socket.writable || broken === 'owed') {
    socket.destroy(error);
    return;
  }
  const record = socketRecord(error.code);
  const id = broken === 'new' ? newRequestId() : broken.context.id;
  const origin = broken === 'new' ? undefined : broken.request.headers.origin;
  if (broken !== 'new') {
    broken.context.status = record.status;
    broken.context.code = record.code;
  }
  const family = broken === 'new' ? 'openai' : familyOf(pathOf(broken.request.url ?? ''));
  const body = JSON.stringify(errorBody(family, record, id));
  const head = [
    `HTTP/1.1 ${record.status} ${record.code}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${id}`,
    `request-id: ${id}`,
    ...(isFinal(record) ? ['x-should-retry: false'] : []),
    ...Object.entries(origin === undefined ? {} : corsOf(origin)).map(([name, value]) => `${name}: ${value}`),
    'connection: close',
  ];
  // In the letters that Node reads heads by, or an origin with others came back as another one.
  socket.write(`${head.join('\r\n')}\r\n\r\n`, 'latin1');
  socket.end(body, () => socket.destroy());
}

function socketRecord(code: string | undefined): ErrorRecord {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return toRecord(new InferenceError('request_timeout', 'the request did not arrive in time'));
  if (code === 'HPE_HEADER_OVERFLOW')
    return toRecord(new InferenceError('invalid_value', 'expected fewer or shorter headers', { status: 431 }));
  return toRecord(new InferenceError('invalid_value', 'expected valid HTTP'));
}
