// Completions of a bare text, the older route of OpenAI's API.

import { generatingRoute } from './generating-route.ts';
import { field, items } from './json-fields.ts';
import { countOpenAi, firstChoice } from './openai-choices.ts';
import { noHeaders } from './route-form.ts';

export const completions = generatingRoute({
  path: '/v1/completions',
  headers: noHeaders,
  limit: 'max_tokens',
  streamed: { stream_options: { include_usage: true } },
  prompt: ({ text }) => ({ prompt: text }),
  protocol: {
    endsWithDone: true,
    whole: (value, heard) => {
      const choice = firstChoice(value);
      if (typeof field(choice, 'text') !== 'string') heard.fail('no choice with a text');
      heard.say(field(choice, 'text'));
      heard.finishWith(field(choice, 'finish_reason'));
      countOpenAi(value, heard);
    },
    event: (value, heard) => {
      let hasOutput = false;
      for (const choice of items(field(value, 'choices'))) {
        const isFirst = (field(choice, 'index') ?? 0) === 0;
        const text = field(choice, 'text');
        if (isFirst ? heard.say(text) : heard.output(text)) hasOutput = true;
        if (isFirst) heard.finishWith(field(choice, 'finish_reason'));
      }
      countOpenAi(value, heard);
      return hasOutput;
    },
  },
});
