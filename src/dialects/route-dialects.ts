// The dialect of each route.

import type { RouteDialect } from '../contract/dialect.ts';
import type { MethodName } from '../contract/methods.ts';
import { countTokensDialect } from './anthropic/count-tokens.ts';
import { messagesDialect } from './anthropic/messages.ts';
import { predictDialect } from './native/predict.ts';
import { chatDialect } from './openai/chat.ts';
import { completionsDialect } from './openai/completions.ts';
import { embeddingsDialect } from './openai/embeddings.ts';
import { inputTokensDialect } from './openai/input-tokens.ts';
import { responsesDialect } from './openai/responses.ts';

const dialects: Readonly<Record<MethodName, RouteDialect>> = {
  predict: predictDialect,
  chatCompletions: chatDialect,
  completions: completionsDialect,
  embeddings: embeddingsDialect,
  responses: responsesDialect,
  messages: messagesDialect,
  countTokens: countTokensDialect,
  inputTokens: inputTokensDialect,
};

export function dialectFor(method: MethodName): RouteDialect {
  return dialects[method];
}
