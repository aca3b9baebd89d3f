// OpenAPI 3.1 of the routes that answer now: read from the live models, so it changes as they come and go.

import { type MethodName, methods } from '../contract/methods.ts';
import { dialectFor } from '../dialects/route-dialects.ts';
import type { Backend } from './backend.ts';
import type { ModelView } from '../runtime/model-view.ts';

/** The document. A model's own schemas are shown where its name is in the path, or where it is the only one with the method. */
export function openApi(backend: Backend): object {
  const models = backend.models().filter((model) => model.state === 'ready' || model.state === 'loading');
  const paths: Record<string, object> = {
    '/livez': { get: operation('liveness', undefined) },
    '/readyz': { get: operation('readiness', undefined) },
    '/v1/models': { get: operation('listModels', undefined) },
  };
  for (const method of Object.keys(methods) as MethodName[]) {
    // keys of a constant object
    const having = models.filter((model) => model.methods.includes(method));
    if (having.length === 0) continue;
    const { family, path } = methods[method];
    paths[family === 'native' ? path : `/v1${path}`] = { post: callOperation(method, method, having.length === 1 ? having[0] : undefined) };
    if (method === 'predict') {
      for (const model of having)
        paths[`/v1/models/${model.name}:predict`] = { post: callOperation(method, `${method}_${model.name}`, model) };
    }
  }
  return { openapi: '3.1.0', info: { title: 'heddle', version: '1' }, paths };
}

function callOperation(method: MethodName, id: string, model: ModelView | undefined): object {
  const dialect = dialectFor(method);
  const own = model?.schemas[method];
  return {
    ...operation(id, own?.output ?? dialect.outputSchema, dialect.chunkSchema),
    requestBody: { required: method !== 'predict', content: { 'application/json': { schema: own?.input ?? dialect.inputSchema } } },
  };
}

function operation(operationId: string, schema: object | undefined, event?: object): object {
  const content = {
    'application/json': schema === undefined ? {} : { schema },
    ...(event === undefined ? {} : { 'text/event-stream': { schema: event } }),
  };
  return { operationId, responses: { '200': { description: 'the answer', content }, default: { description: 'an error' } } };
}
