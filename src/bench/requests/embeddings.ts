// Embeddings, as OpenAI's API has them.

import { embeddingsAnswer } from './embeddings-answer.ts';
import { noHeaders, type FormedRequest, type RouteForm } from './route-form.ts';

export const embeddings: RouteForm = {
  path: '/v1/embeddings',
  headers: noHeaders,
  former: ({ model, body, expect }) => {
    const dimensions = { value: expect?.dimensions };
    // Some servers answer base64 unless they are asked for numbers. `body` may ask for the other.
    const fields = { ...(model === undefined ? {} : { model }), encoding_format: 'float' };
    return ({ prompts, isThorough }): FormedRequest => {
      const texts = prompts.map(({ text }) => text);
      const [only] = texts;
      return {
        body: JSON.stringify({ ...fields, input: texts.length === 1 ? only : texts, ...body }),
        items: texts.length,
        answer: (keeps) => embeddingsAnswer({ texts: texts.length, isThorough: isThorough || keeps, keeps, dimensions }),
      };
    };
  },
};
