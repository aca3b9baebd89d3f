// The native route, whose body and answer are the model's own.
//
// A workload without a body sends `{"input": text}`. In a body the text takes the place of `$text`, wherever it stands in a string:
// `{texts: ["$text"]}`. A body without it is sent as it is, each time the same.

import { noHeaders, type FormedRequest, type RouteForm } from './route-form.ts';
import { predictAnswer } from './predict-answer.ts';

/** Stands for the text of a request. */
export const placeholder = '$text';

export const predict: RouteForm = {
  path: '/predict',
  // The body is not ours to put a model's name into.
  headers: ({ model }) => (model === undefined ? noHeaders() : { 'x-heddle-model': model }),
  former: ({ body, expect }) => {
    // The placeholder has no character that JSON escapes, so it can be looked for in the JSON.
    const parts = JSON.stringify(Object.keys(body).length === 0 ? { input: placeholder } : body).split(placeholder);
    return ({ prompts: [prompt] }): FormedRequest => {
      if (prompt === undefined) throw new RangeError('expected one prompt, got none');
      return {
        body: parts.length === 1 ? (parts[0] ?? '') : parts.join(JSON.stringify(prompt.text).slice(1, -1)),
        items: 1,
        answer: (keepsText) => predictAnswer(keepsText, expect?.text),
      };
    };
  },
};
