// The methods a Model class may have, and the route each one opens. Adding a row here is how heddle learns a route.

/** The wire shape of a route family. It decides error envelopes, stream framing and heartbeats. */
export type Family = 'openai' | 'anthropic' | 'native';

export interface MethodSpec {
  /** The spelling of Truss, accepted in place of the TypeScript one. */
  readonly alias: string | undefined;
  readonly family: Family;
  /** Unprefixed path of its `POST` route; `/v1` stands before it unless native. */
  readonly path: string;
}

export const methods = {
  predict: { alias: undefined, family: 'native', path: '/predict' },
  chatCompletions: { alias: 'chat_completions', family: 'openai', path: '/chat/completions' },
  completions: { alias: undefined, family: 'openai', path: '/completions' },
  embeddings: { alias: undefined, family: 'openai', path: '/embeddings' },
  responses: { alias: undefined, family: 'openai', path: '/responses' },
  messages: { alias: undefined, family: 'anthropic', path: '/messages' },
} as const satisfies Record<string, MethodSpec>;

export type MethodName = keyof typeof methods;

export const methodNames = Object.keys(methods) as readonly MethodName[]; // keys of a constant object

/** Members of the lifecycle that may be spelled the way Truss does. */
export const lifecycleAliases = { isHealthy: 'is_healthy', setupEnvironment: 'setup_environment' } as const;
