// OpenAI's responses route, whose stream tells each part of the answer by an event of its own.

import { generatingRoute } from './generating-route.ts';
import type { Heard } from './heard.ts';
import { errorCode, field, items } from './json-fields.ts';
import { turnsOf } from './prompt.ts';
import { noHeaders } from './route-form.ts';

const outputDeltas = new Set([
  'response.reasoning_text.delta',
  'response.reasoning_summary_text.delta',
  'response.refusal.delta',
  'response.function_call_arguments.delta',
  'response.custom_tool_call_input.delta',
]);

export const responses = generatingRoute({
  path: '/v1/responses',
  headers: noHeaders,
  limit: 'max_output_tokens',
  // Kept answers would fill the server during a run, and nobody asks for them again.
  constant: { store: false },
  prompt: (prompt) => ({ input: prompt.turns === undefined ? prompt.text : turnsOf(prompt) }),
  protocol: {
    endsWithDone: false,
    whole: (value, heard) => {
      if (!Array.isArray(field(value, 'output'))) heard.fail('no list of output');
      for (const item of items(field(value, 'output'))) {
        for (const part of items(field(item, 'content'))) if (field(part, 'type') === 'output_text') heard.say(field(part, 'text'));
      }
      finish(value, heard);
    },
    event: (value, heard) => {
      const type = field(value, 'type');
      if (type === 'response.output_text.delta') return heard.say(field(value, 'delta'));
      if (typeof type === 'string' && outputDeltas.has(type)) return heard.output(field(value, 'delta'));
      if (type === 'response.completed' || type === 'response.incomplete' || type === 'response.failed') {
        finish(field(value, 'response'), heard);
        heard.end();
      }
      return false;
    },
  },
});

function finish(response: unknown, heard: Heard): void {
  const status = field(response, 'status');
  if (status === 'completed' || status === 'incomplete') heard.finishWith(status);
  else heard.fail(status === 'failed' ? `error event ${errorCode(field(response, 'error'))}` : 'no status of an end');
  const usage = field(response, 'usage');
  heard.count(field(usage, 'input_tokens'), field(usage, 'output_tokens'));
}
