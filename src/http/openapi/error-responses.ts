// Error answers by status, written from the table of codes, in the envelope of the operation's family.

import { type ErrorSpec, errorCodes } from '../../core/error-codes.ts';
import type { Family } from '../../contract/methods.ts';
import type { Components, Reference } from './components.ts';
import { headerReferences } from './headers.ts';

const nullable = { type: ['string', 'null'] } as const;

const envelopes = {
  OpenAIError: {
    type: 'object',
    required: ['error'],
    properties: {
      error: {
        type: 'object',
        required: ['message', 'type', 'param', 'code'],
        properties: {
          message: { type: 'string' },
          type: { type: 'string' },
          param: { ...nullable, description: 'Path of the wrong field as the client wrote it.' },
          code: nullable,
        },
      },
    },
  },
  AnthropicError: {
    type: 'object',
    required: ['type', 'error', 'request_id'],
    properties: {
      type: { const: 'error' },
      error: {
        type: 'object',
        required: ['type', 'message'],
        properties: { type: { type: 'string' }, message: { type: 'string' } },
      },
      request_id: { type: 'string' },
    },
  },
} as const;

/** The error answers of an operation, by status. */
export function errorResponses(components: Components, family: Family, statuses: readonly number[]): Record<string, Reference> {
  const envelope = family === 'anthropic' ? 'AnthropicError' : 'OpenAIError';
  const entries = statuses.map((status): [string, Reference] => [
    String(status),
    components.refer('responses', `${envelope}${status}`, () => ({
      description: descriptionOf(status),
      headers: headerReferences(components, headersOf(status)),
      content: { 'application/json': { schema: components.schema(envelope, envelopes[envelope]) } },
    })),
  ]);
  return Object.fromEntries(entries);
}

function descriptionOf(status: number): string {
  const codes: readonly (readonly [string, ErrorSpec])[] = Object.entries(errorCodes);
  const lines = codes
    .filter(([, spec]) => spec.status === status && !spec.meaning.endsWith('At load only.'))
    .map(([code, spec]) => `\`${code}\`: ${spec.meaning}`);
  return lines.join('\n\n');
}

function headersOf(status: number): readonly string[] {
  const common = ['x-request-id', 'request-id'];
  if (status === 401) return [...common, 'x-should-retry', 'www-authenticate'];
  return status === 429 || status === 503 ? [...common, 'retry-after', 'retry-after-ms', 'x-should-retry'] : [...common, 'x-should-retry'];
}
