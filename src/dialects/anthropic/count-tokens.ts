// `POST /v1/messages/count_tokens`: how many tokens a conversation is as a prompt.

import Type from 'typebox';
import type { RouteDialect } from '../../contract/dialect.ts';
import { frameCount } from '../token-count.ts';
import { checkCount } from './messages-request.ts';
import { countSchema } from './messages-schema.ts';

export const countTokensDialect: RouteDialect = {
  method: 'countTokens',
  family: 'anthropic',
  inputSchema: countSchema,
  outputSchema: Type.Object({ input_tokens: Type.Integer({ minimum: 0 }) }),
  check: checkCount,
  frame: (result) => frameCount('countTokens', result, {}),
};
