// The smallest model with a choice: no weights, one method, and a stream when it is asked for.

import { setTimeout as pause } from 'node:timers/promises';
import type { ModelRequest } from 'heddle';

interface EchoBody {
  readonly text: string;
  readonly stream?: boolean;
}

export default class Echo {
  static schemas = {
    predict: {
      input: {
        type: 'object',
        required: ['text'],
        properties: { text: { type: 'string' }, stream: { type: 'boolean' } },
      },
    },
  };

  predict(body: EchoBody, request: ModelRequest) {
    return body.stream === true ? words(body.text, request) : { text: body.text };
  }
}

/** One word every 50 ms. When the client leaves, the pause rejects and the generator ends. */
async function* words(text: string, request: ModelRequest) {
  for (const word of text.split(' ')) {
    await pause(50, undefined, { signal: request.signal });
    yield { word };
  }
}
