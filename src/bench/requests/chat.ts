// Chat completions, as OpenAI's API has them.

import { items, field } from './json-fields.ts';
import { generatingRoute } from './generating-route.ts';
import { countOpenAi, firstChoice } from './openai-choices.ts';
import { turnsOf } from './prompt.ts';
import { noHeaders } from './route-form.ts';

export const chat = generatingRoute({
  path: '/v1/chat/completions',
  headers: noHeaders,
  // The newer max_completion_tokens is not known to every server.
  limit: 'max_tokens',
  streamed: { stream_options: { include_usage: true } },
  prompt: (prompt) => ({ messages: turnsOf(prompt) }),
  protocol: {
    endsWithDone: true,
    whole: (value, heard) => {
      const choice = firstChoice(value);
      const message = field(choice, 'message');
      if (typeof message !== 'object' || message === null) heard.fail('no choice with a message');
      heard.say(field(message, 'content'));
      heard.finishWith(field(choice, 'finish_reason'));
      countOpenAi(value, heard);
    },
    // The first event has only the role, the last one only the usage and no choice.
    event: (value, heard) => {
      let hasOutput = false;
      for (const choice of items(field(value, 'choices'))) {
        const delta = field(choice, 'delta');
        const isFirst = (field(choice, 'index') ?? 0) === 0;
        const text = field(delta, 'content');
        if (isFirst ? heard.say(text) : heard.output(text)) hasOutput = true;
        for (const thought of ['reasoning_content', 'reasoning', 'refusal']) if (heard.output(field(delta, thought))) hasOutput = true;
        const calls = [...items(field(delta, 'tool_calls')).map((call) => field(call, 'function')), field(delta, 'function_call')];
        for (const call of calls) if (heard.output(field(call, 'arguments')) || heard.output(field(call, 'name'))) hasOutput = true;
        if (isFirst) heard.finishWith(field(choice, 'finish_reason'));
      }
      countOpenAi(value, heard);
      return hasOutput;
    },
  },
});
