// The headers of our own, as parameters of a request and on answers.

import type { Components, Reference } from './components.ts';

const responseHeaders: Readonly<Record<string, object>> = {
  'x-request-id': { description: 'The id of the request, as in the log.', schema: { type: 'string' } },
  'request-id': { description: 'The same id, under the name that the clients of Anthropic read.', schema: { type: 'string' } },
  'openai-processing-ms': { description: 'Milliseconds to the first byte of the answer.', schema: { type: 'integer', minimum: 0 } },
  'retry-after': { description: 'Seconds to wait, when the delay is known.', schema: { type: 'integer', minimum: 1 } },
  'retry-after-ms': { description: 'Milliseconds to wait, when the delay is known.', schema: { type: 'integer', minimum: 0 } },
  'x-should-retry': { description: 'Sent where no retry helps.', schema: { const: 'false' } },
  'heddle-dropped-tools': { description: 'Tools that the server dropped from the request.', schema: { type: 'string' } },
  'www-authenticate': { description: 'How to send the key.', schema: { const: 'Bearer' } },
};

export function headerReferences(components: Components, names: readonly string[]): Record<string, Reference> {
  return Object.fromEntries(names.map((name) => [name, components.refer('headers', name, () => responseHeaders[name] ?? {})]));
}

const requestHeaders = {
  'x-heddle-model': { description: 'The model that answers, where several have the method.', schema: { type: 'string' } },
  'x-heddle-priority': {
    description: 'Calls with a higher one leave the queue first.',
    schema: { type: 'integer', minimum: 0, maximum: 9, default: 0 },
  },
  'x-heddle-timeout-ms': {
    description: 'Milliseconds for this call, waiting included; the `timeout_ms` of the model is the upper bound.',
    schema: { type: 'integer', minimum: 1 },
  },
} as const;

export function headerParameters(components: Components, names: readonly (keyof typeof requestHeaders)[]): Reference[] {
  return names.map((name) =>
    components.refer('parameters', name, () => ({ name, in: 'header', required: false, ...requestHeaders[name] })),
  );
}
