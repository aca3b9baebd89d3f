// Bodies to try a route with: the model's own example where the route takes it, else the smallest sensible one.

import { countingRoutes, type MethodName } from '../../contract/methods.ts';
import { compileSchema } from '../../dialects/compile-schema.ts';
import { dialectFor } from '../../dialects/route-dialects.ts';
import type { ModelView } from '../../runtime/model-view.ts';

type Example = { readonly summary: string; readonly value: unknown };

const messages = [{ role: 'user', content: 'What is the capital of France?' }];
const smallest: Readonly<Partial<Record<MethodName, object>>> = {
  chatCompletions: { messages, max_completion_tokens: 64 },
  completions: { prompt: 'The capital of France is', max_tokens: 16 },
  embeddings: { input: 'hello' },
  responses: { input: 'What is the capital of France?', max_output_tokens: 64 },
  messages: { messages, max_tokens: 64 },
  countTokens: { messages },
  inputTokens: { input: 'What is the capital of France?' },
};

/** One example for each model that has the method; none where nothing is known to fit. */
export function callExamples(method: MethodName, having: readonly ModelView[]): Readonly<Record<string, Example>> {
  const entries = having.flatMap((model): [string, Example][] => {
    const value = exampleOf(method, model);
    return value === undefined ? [] : [[model.name, { summary: `a call of ${model.name}`, value }]];
  });
  return Object.fromEntries(entries);
}

function exampleOf(method: MethodName, model: ModelView): unknown {
  const given = model.exampleInput;
  const own = model.schemas[method]?.input;
  const fits = (value: unknown): boolean => own === undefined || compileSchema(own).Check(value);
  if (method === 'predict') {
    // Without a schema of its own anything fits, so the example is taken for that of the route whose schema it meets.
    const isAnothers = own === undefined && model.methods.some((other) => other !== 'predict' && accepts(other, given));
    return given !== undefined && !isAnothers && fits(given) ? given : undefined;
  }
  // The example is a call of the model's own, with limits that a count does not have.
  const candidates = [countingRoutes.has(method) ? undefined : given, smallest[method]].map((body) => named(body, model.name));
  return candidates.find((body) => body !== undefined && accepts(method, body) && fits(body));
}

function named(body: unknown, model: string): object | undefined {
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? { model, ...body } : undefined;
}

function accepts(method: MethodName, body: unknown): boolean {
  return compileSchema(dialectFor(method).inputSchema).Check(body);
}
