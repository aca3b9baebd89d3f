// Fields that routes know and their schemas do not list: hints, telemetry and history that are ignored, but no mistakes of the client.

import { countingRoutes, type MethodName, methodNames } from '../contract/methods.ts';
import { stepsOf } from './policy/find-at.ts';
import { routeRules } from './policy/route-rules.ts';

const ignored: Readonly<Partial<Record<MethodName, readonly string[]>>> = {
  chatCompletions: [
    'messages[].annotations',
    ...['image_url', 'input_audio', 'file', 'cache_control'].map((key) => `messages[].content[].${key}`),
    'response_format.json_schema',
  ],
  completions: ['response_format.json_schema'],
  embeddings: ['input_type'],
  responses: [
    'prompt_cache_options',
    'moderation',
    'input[].phase',
    ...['annotations', 'logprobs'].map((key) => `input[].content[].${key}`),
  ],
  messages: ['context', 'thinking', 'signature', 'data'].map((key) => `messages[].content[].${key}`),
};

type Paths = readonly (readonly string[])[];

// Once for all: every request of a strict server is held to them.
const known: ReadonlyMap<MethodName, Paths> = new Map(
  methodNames.map((method) => {
    const route = countingRoutes.get(method) ?? method;
    return [method, [...(ignored[route] ?? []).map(stepsOf), ...(routeRules[route] ?? []).map(({ steps }) => steps)]];
  }),
);

/** Paths, in steps, that a body of the route may have beside those of its schema. What is below them is not looked into. */
export function knownFields(method: MethodName): Paths {
  return known.get(method) ?? [];
}
