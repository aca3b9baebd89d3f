// What the two routes of OpenAI's API that answer with choices have in common.

import type { Heard } from './heard.ts';
import { field, items } from './json-fields.ts';

/** The one with index 0, wherever it stands. */
export function firstChoice(value: unknown): unknown {
  return items(field(value, 'choices')).find((choice) => (field(choice, 'index') ?? 0) === 0);
}

/** Earlier events of a stream have a usage of null. */
export function countOpenAi(value: unknown, heard: Heard): void {
  const usage = field(value, 'usage');
  heard.count(field(usage, 'prompt_tokens'), field(usage, 'completion_tokens'));
}
