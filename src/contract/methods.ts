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
  countTokens: { alias: 'count_tokens', family: 'anthropic', path: '/messages/count_tokens' },
  inputTokens: { alias: undefined, family: 'openai', path: '/responses/input_tokens' },
} as const satisfies Record<string, MethodSpec>;

export type MethodName = keyof typeof methods;

export const methodNames = Object.keys(methods) as readonly MethodName[]; // keys of a constant object

/**
 * Routes that count what another route would answer, by that route's method. A class opens them with one method, `countTokens`, beside the
 * answering ones.
 */
export const countingRoutes: ReadonlyMap<MethodName, MethodName> = new Map([
  ['countTokens', 'messages'],
  ['inputTokens', 'responses'],
]);

/** The methods that a class may define to answer. */
export const answeringMethods: readonly MethodName[] = methodNames.filter((name) => !countingRoutes.has(name));

/** Members of the lifecycle that may be spelled the way Truss does. */
export const lifecycleAliases = { isHealthy: 'is_healthy', setupEnvironment: 'setup_environment' } as const;
