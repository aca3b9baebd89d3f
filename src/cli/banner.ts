// What the server prints when its models have settled: where it listens, which models it has, and a request to try.

import { type MethodName, methods } from '../contract/methods.ts';

/** The part of a model's view that the banner shows. */
export interface BannerModel {
  readonly name: string;
  readonly state: string;
  readonly reason: string | undefined;
  readonly methods: readonly MethodName[];
}

/** A table of models with their routes and a curl line for the first ready one. */
export function banner(url: string, models: readonly BannerModel[], keyed: boolean): string {
  if (models.length === 0) return `heddle listens on ${url}, without a model`;
  const nameWidth = Math.max(...models.map((model) => model.name.length));
  const stateWidth = Math.max(...models.map((model) => model.state.length));
  const rows = models.flatMap((model) => {
    const details =
      model.state === 'failed' ? [model.reason ?? 'no reason given'] : model.methods.map((method) => `POST ${routeOf(method)}`);
    return (details.length === 0 ? [''] : details).map((detail, index) => {
      const [name, state] = index === 0 ? [model.name, model.state] : ['', ''];
      return `  ${name.padEnd(nameWidth)}  ${state.padEnd(stateWidth)}  ${detail}`.trimEnd();
    });
  });
  const example = exampleOf(url, models, keyed);
  return [`heddle listens on ${url}`, '', ...rows, ...(example === undefined ? [] : ['', 'Try:', `  ${example}`])].join('\n');
}

/** The path clients use; the methods of an API family stand below `/v1`. */
function routeOf(method: MethodName): string {
  const { family, path } = methods[method];
  return family === 'native' ? path : `/v1${path}`;
}

function exampleOf(url: string, models: readonly BannerModel[], keyed: boolean): string | undefined {
  for (const method of ['chatCompletions', 'embeddings', 'messages', 'responses', 'completions'] as const) {
    const model = models.find(({ state, methods: has }) => state === 'ready' && has.includes(method));
    if (model === undefined) continue;
    const body = JSON.stringify({ model: model.name, ...exampleBodies[method] });
    const key = keyed ? " -H 'authorization: Bearer YOUR_KEY'" : '';
    return `curl ${url}${routeOf(method)} -H 'content-type: application/json'${key} -d '${body}'`;
  }
  return undefined;
}

const hello = [{ role: 'user', content: 'Say hello.' }];
const exampleBodies = {
  chatCompletions: { messages: hello, max_tokens: 32 },
  embeddings: { input: 'hello' },
  messages: { messages: hello, max_tokens: 32 },
  responses: { input: 'Say hello.', max_output_tokens: 32 },
  completions: { prompt: 'Once upon a time', max_tokens: 32 },
};
