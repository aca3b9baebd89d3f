// OpenAPI 3.1 of the routes that answer now: read from the live models, so it changes as they come and go.

import { type MethodName, methodNames, methods } from '../../contract/methods.ts';
import type { ModelView } from '../../runtime/model-view.ts';
import type { Backend } from '../backend.ts';
import { answerSchemas } from './answer-schemas.ts';
import { callOperation, eventStream } from './call-operation.ts';
import { Components } from './components.ts';
import { errorResponses } from './error-responses.ts';
import { type FixedOperation, fixedOperations } from './fixed-operations.ts';
import { headerReferences } from './headers.ts';

const tags = [
  { name: 'native', description: 'Methods of the models, with bodies of their own.' },
  { name: 'openai', description: 'Methods of the models, as the clients of OpenAI call them.' },
  { name: 'anthropic', description: 'Methods of the models, as the clients of Anthropic call them.' },
  { name: 'models', description: 'Which models there are and how they are.' },
  { name: 'health', description: 'For probes. No key is needed.' },
  { name: 'documentation', description: 'The routes described.' },
] as const;

const securitySchemes = {
  bearer: { type: 'http', scheme: 'bearer' },
  apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' },
} as const;

/** The document. `isKeyed`: the server asks for an API key. */
export function openApi(backend: Backend, isKeyed: boolean): object {
  const models = backend.models().filter((model) => model.state === 'ready' || model.state === 'loading');
  const components = new Components();
  const paths: Record<string, Record<string, object>> = {};
  const add = (path: string, verb: string, operation: object): void => {
    paths[path] = { ...paths[path], [verb]: operation };
  };
  for (const row of Object.values(fixedOperations).flat()) add(row.path, row.verb, fixedOperation(components, row, isKeyed));
  for (const method of methodNames) {
    const having = models.filter((model) => model.methods.includes(method));
    if (having.length > 0) add(pathOf(method), 'post', routeOperation(components, method, having, isKeyed));
  }
  // The body of `predict` is each model's own, so each has its own operation.
  for (const model of models.filter(({ methods: its }) => its.includes('predict')))
    add(`/models/${model.name}/predict`, 'post', predictOperation(components, model, isKeyed));
  const used = new Set(Object.values(paths).flatMap((verbs) => Object.values(verbs).flatMap(tagsOf)));
  return {
    openapi: '3.1.0',
    info: {
      title: 'heddle',
      // Of the interface, as the prefix of its paths has it.
      version: '1',
      description: [
        'A model server. These are the routes that answer now: they come from the methods of the loaded models.',
        `Each path also stands below \`/${backend.environment}\` and \`/environments/${backend.environment}\`, with or without \`/sync\` after it.`,
        'Every call may also name its model in the path, as in `/v1/models/{name}/embeddings`, and leave out the `model` of its body.',
      ].join('\n\n'),
      license: { name: 'Apache License 2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'This server' }],
    // An empty list: nothing is asked for.
    security: isKeyed ? [{ bearer: [] }, { apiKey: [] }] : [],
    tags: tags.filter(({ name }) => used.has(name)),
    paths,
    components: { ...components.written(), ...(isKeyed ? { securitySchemes } : {}) },
  };
}

function pathOf(method: MethodName): string {
  const { family, path } = methods[method];
  return family === 'native' ? path : `/v1${path}`;
}

function routeOperation(components: Components, method: MethodName, having: readonly ModelView[], isKeyed: boolean): object {
  const { path } = methods[method];
  const also = method === 'predict' ? '`/v1/predict` and `/invocations`' : `\`${path}\``;
  return callOperation(components, {
    method,
    id: method,
    summary: `Call ${method}`,
    description: `Answered by ${having.map(({ name }) => `\`${name}\``).join(', ')}. Also at ${also}.`,
    having,
    isKeyed,
    isModelInPath: false,
  });
}

function predictOperation(components: Components, model: ModelView, isKeyed: boolean): object {
  return callOperation(components, {
    method: 'predict',
    id: `predict_${model.name}`,
    summary: `Call predict of ${model.name}`,
    description: `Also at \`/v1/models/${model.name}:predict\`.`,
    having: [model],
    isKeyed,
    isModelInPath: true,
  });
}

function fixedOperation(components: Components, row: FixedOperation, isKeyed: boolean): object {
  const isOpen = row.tag === 'health' || row.path === '/docs';
  const named = /\{(\w+)\}/.exec(row.path)?.[1];
  const parameters = [
    ...(named === undefined ? [] : [pathParameter(named)]),
    ...Object.entries(row.query ?? {}).map(([name, schema]) => ({ name, in: 'query', schema })),
  ];
  const answers = Object.entries(row.answers).map(([status, { description, schema, streams }]) => [
    status,
    {
      description,
      headers: headerReferences(components, ['x-request-id', 'request-id']),
      ...contentOf(components, status, schema, streams),
    },
  ]);
  const errors = [...row.errors, 408, ...(isKeyed && !isOpen ? [401] : [])].sort((a, b) => a - b);
  return {
    operationId: row.id,
    tags: [row.tag],
    summary: row.summary,
    ...(row.also.length === 0 ? {} : { description: `Also at ${row.also.map((path) => `\`${path}\``).join(', ')}.` }),
    ...(isOpen ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    responses: { ...Object.fromEntries(answers), ...errorResponses(components, 'openai', errors) },
  };
}

function contentOf(components: Components, status: string, schema: keyof typeof answerSchemas | undefined, streams = false): object {
  if (status === '204') return {};
  if (schema === undefined) return { content: { 'text/html': { schema: { type: 'string' } } } };
  const events = streams ? { 'text/event-stream': { schema: components.schema('EventStream.openai', eventStream('openai')) } } : {};
  return { content: { 'application/json': { schema: components.schema(schema, answerSchemas[schema]) }, ...events } };
}

function pathParameter(name: string): object {
  const description = name === 'name' ? 'A name or an alias, percent-encoded or not.' : 'The id of a stored response.';
  return { name, in: 'path', required: true, description, schema: { type: 'string' } };
}

function tagsOf(operation: object): unknown[] {
  return 'tags' in operation && Array.isArray(operation.tags) ? operation.tags : [];
}
