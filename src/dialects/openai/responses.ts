// `POST /v1/responses`: replies whole and streamed. What is kept of them is the runtime's business.

import type { FrameContext, RouteDialect } from '../../contract/dialect.ts';
import type { GenerationEvent } from '../../contract/generation.ts';
import { newId } from '../../core/ids.ts';
import { type FoldedReply, frameGeneration, type GenerationRoute } from '../frame-generation.ts';
import { GenerationTally } from '../generation-events.ts';
import { responseObject, statusOf } from './response-object.ts';
import { responseObjectSchema } from './response-object-schema.ts';
import { ResponseOutput } from './response-output.ts';
import { checkResponse } from './responses-request.ts';
import { responsesSchema } from './responses-schema.ts';
import { responseFacts, responseFrames } from './responses-stream.ts';

const route: GenerationRoute = {
  method: 'responses',
  // `keepalive`: what the hosted API sends while nothing else is to tell.
  chunkTypes: /^(response\.|error$|keepalive$)/,
  doneAtEnd: true,
  fold: foldResponse,
  facts: responseFacts,
  stream: responseFrames,
};

export const responsesDialect: RouteDialect = {
  method: 'responses',
  family: 'openai',
  inputSchema: responsesSchema,
  outputSchema: responseObjectSchema,
  check: checkResponse,
  frame: (result, context) => frameGeneration(route, result, context),
};

async function foldResponse(events: AsyncIterable<GenerationEvent>, context: FrameContext): Promise<FoldedReply> {
  const tally = new GenerationTally('responses');
  const output = new ResponseOutput(context.body);
  for await (const event of events) {
    tally.take(event);
    output.take(event);
  }
  const { reason, usage } = tally.end();
  const status = statusOf(reason);
  output.end(status);
  return { reply: responseObject({ id: newId('resp'), status, output: output.items, usage }, context), usage };
}
