// `POST /v1/responses/input_tokens`: how many tokens the input of a response is as a prompt.

import Type from 'typebox';
import type { RouteDialect } from '../../contract/dialect.ts';
import { frameCount } from '../token-count.ts';
import { checkResponse } from './responses-request.ts';
import { responsesSchema } from './responses-schema.ts';

export const inputTokensDialect: RouteDialect = {
  method: 'inputTokens',
  family: 'openai',
  inputSchema: responsesSchema,
  outputSchema: Type.Object({ object: Type.Literal('response.input_tokens'), input_tokens: Type.Integer({ minimum: 0 }) }),
  check: checkResponse,
  frame: (result) => frameCount('inputTokens', result, { object: 'response.input_tokens' }),
};
