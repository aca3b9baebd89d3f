// `POST /v1/responses`: replies whole and streamed. Nothing is stored.

import type { RouteDialect } from '../../contract/dialect.ts';
import { newId } from '../../core/ids.ts';
import { frameGeneration, type GenerationRoute } from '../frame-generation.ts';
import { messageItem, responseObject, statusOf, textPart } from './response-object.ts';
import { checkResponse, responsesSchema } from './responses-request.ts';
import { responseFacts, responseFrames } from './responses-stream.ts';

const route: GenerationRoute = {
  method: 'responses',
  namedEvents: true,
  doneAtEnd: true,
  whole({ text, reason, usage }, context) {
    const status = statusOf(reason);
    return responseObject({ id: newId('resp'), status, output: [messageItem(newId('msg'), status, [textPart(text)])], usage }, context);
  },
  facts: responseFacts,
  stream: responseFrames,
};

export const responsesDialect: RouteDialect = {
  method: 'responses',
  family: 'openai',
  inputSchema: responsesSchema,
  outputSchema: { type: 'object', required: ['id', 'object', 'created_at', 'model', 'status', 'output'] },
  check: checkResponse,
  frame: (result, context) => frameGeneration(route, result, context),
};
