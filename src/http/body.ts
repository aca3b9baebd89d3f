// The request body: its limits, its media type, and JSON that is really JSON. Keeps the raw bytes for the replica.

import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { cancelError } from '../core/cancellation.ts';
import { InferenceError } from '../core/errors.ts';
import { parseJson } from './json.ts';

export interface ParsedBody {
  readonly kind: 'json' | 'bytes';
  /** Undefined for bytes. */
  readonly value: unknown;
  /** Owns its ArrayBuffer whole. */
  readonly bytes: Uint8Array;
}

/** Types that curl and browsers send unasked: such a body is JSON if it begins like an object or a list. */
const unasked = ['text/plain', 'application/x-www-form-urlencoded'] as const;

export type BodyType = 'json' | 'bytes' | (typeof unasked)[number];

/**
 * Checks what the headers tell, before a byte of the body is read. Undefined: the request has no body.
 * Throws: request_too_large, unsupported_media_type.
 */
export function checkBodyHeaders(
  headers: IncomingHttpHeaders,
  options: { readonly limitBytes: number; readonly bytesAllowed: boolean },
): BodyType | undefined {
  const length = headers['content-length'];
  if (length !== undefined && Number(length) > options.limitBytes) throw tooLarge(options.limitBytes);
  if (headers['transfer-encoding'] === undefined && (length === undefined || Number(length) === 0)) return undefined;
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.trim().toLowerCase() !== 'identity')
    throw unsupported(`expected no content-encoding, got ${named(encoding)}`);
  const [essence = '', ...parameters] = (headers['content-type'] ?? '')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const charset = parameters
    .find((parameter) => parameter.startsWith('charset='))
    ?.slice('charset='.length)
    .replaceAll('"', '');
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8')
    throw unsupported(`expected charset utf-8, got ${named(charset)}`);
  if (essence === 'application/json' || /^application\/[a-z0-9.-]+\+json$/.test(essence)) return 'json';
  const sniffed = unasked.find((type) => type === essence);
  if (sniffed !== undefined) return sniffed;
  if (essence === 'application/octet-stream' && options.bytesAllowed) return 'bytes';
  const expected = options.bytesAllowed ? 'application/json or application/octet-stream' : 'application/json';
  throw unsupported(`expected content-type ${expected}, got ${named(essence)}`);
}

/**
 * Reads and parses a body.
 * Throws: request_too_large, unsupported_media_type, invalid_json; client_closed_request when the client leaves meanwhile.
 */
export async function readBody(payload: Readable, type: BodyType, limitBytes: number): Promise<ParsedBody> {
  const raw = await collect(payload, limitBytes);
  if (type === 'bytes') return { kind: 'bytes', value: undefined, bytes: raw };
  const bytes = withoutMark(raw);
  if (type !== 'json' && !beginsLikeJson(bytes))
    throw unsupported(`expected content-type application/json, or a body that begins with { or [, got ${type}`);
  return { kind: 'json', value: parseJson(bytes), bytes };
}

// Most bodies fit.
const firstRoomBytes = 4_096;

/** By events, because leaving a `for await` would destroy the socket before the answer is out. */
function collect(payload: Readable, limitBytes: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    // One buffer that doubles: a client may send a body byte by byte, and an object for each would weigh a hundred times its bytes.
    let room = new Uint8Array(firstRoomBytes);
    let total = 0;
    const onData = (chunk: Buffer): void => {
      const end = total + chunk.length;
      if (end > limitBytes) {
        leave();
        payload.resume(); // the rest is dropped, so that the client can read the answer
        reject(tooLarge(limitBytes));
        return;
      }
      if (end > room.length) {
        const larger = new Uint8Array(Math.max(end, Math.min(room.length * 2, limitBytes)));
        larger.set(room.subarray(0, total));
        room = larger;
      }
      room.set(chunk, total);
      total = end;
    };
    const onEnd = (): void => {
      leave();
      // A copy of its own length, since the buffer goes to the replica whole.
      resolve(room.slice(0, total));
    };
    const onGone = (): void => {
      leave();
      reject(cancelError('disconnect'));
    };
    const leave = (): void => {
      payload.off('data', onData).off('end', onEnd).off('close', onGone);
    };
    // The error listener stays: a late one without a listener would end the process.
    payload.on('data', onData).once('end', onEnd).once('close', onGone).on('error', onGone);
  });
}

/** JSON may not begin with a byte order mark; some editors write one. */
function withoutMark(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.slice(3) : bytes;
}

function beginsLikeJson(bytes: Uint8Array): boolean {
  const first = bytes.find((byte) => byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d);
  return first === 0x7b || first === 0x5b;
}

// Longer than any registered name.
const mostShown = 100;

/** What a header named, as a message may repeat it: bounded, and escaped where a name would not hold it. */
function named(value: string): string {
  if (value.trim() === '') return 'none';
  const shown = value.slice(0, mostShown).replaceAll(/[^!-~ ]/g, '?');
  return `${shown}${value.length > mostShown ? '…' : ''}`;
}

function tooLarge(limitBytes: number): InferenceError {
  return new InferenceError('request_too_large', `expected a body of at most ${limitBytes} bytes`);
}

function unsupported(message: string): InferenceError {
  return new InferenceError('unsupported_media_type', message);
}
