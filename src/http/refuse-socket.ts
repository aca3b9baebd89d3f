// Answers to what never became a whole request: a timeout while receiving, too many headers, broken HTTP.

import type { Socket } from 'node:net';
import { InferenceError, toRecord, type ErrorRecord } from '../core/errors.ts';
import { newRequestId } from '../core/ids.ts';
import { errorBody, isFinal } from '../dialects/error-body.ts';
import type { OpenAnswers } from './open-answers.ts';

/** Answers and closes the connection; only closes it where no answer can be taken for the right one. */
export function refuseSocket(error: NodeJS.ErrnoException, socket: Socket, answers: OpenAnswers): void {
  const broken = answers.brokenAt(socket);
  if (error.code === 'ECONNRESET' || !socket.writable || broken === 'owed') {
    socket.destroy(error);
    return;
  }
  const record = socketRecord(error.code);
  const id = broken === 'new' ? newRequestId() : broken.id;
  if (broken !== 'new') {
    broken.status = record.status;
    broken.code = record.code;
  }
  const body = JSON.stringify(errorBody('openai', record, id));
  const head = [
    `HTTP/1.1 ${record.status} ${record.code}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${id}`,
    `request-id: ${id}`,
    ...(isFinal(record) ? ['x-should-retry: false'] : []),
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}

function socketRecord(code: string | undefined): ErrorRecord {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return toRecord(new InferenceError('request_timeout', 'the request did not arrive in time'));
  if (code === 'HPE_HEADER_OVERFLOW')
    return toRecord(new InferenceError('invalid_value', 'expected fewer or shorter headers', { status: 431 }));
  return toRecord(new InferenceError('invalid_value', 'expected valid HTTP'));
}
