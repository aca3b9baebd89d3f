// Models as clients list and inspect them: one object that OpenAI's and Anthropic's clients both read.

import type { FastifyReply } from 'fastify';
import { InferenceError } from '../core/errors.ts';
import { dialectFor } from '../dialects/route-dialects.ts';
import type { Backend } from './backend.ts';
import { capabilityView } from './capability-view.ts';
import type { ModelView } from '../runtime/model-view.ts';

/** Ready models, under their names and their aliases. */
export function sendModels(backend: Backend, reply: FastifyReply): void {
  const ready = backend.models().filter((model) => model.state === 'ready');
  const data = ready.flatMap((model) => [model.name, ...model.aliases].map((id) => modelObject(model, id)));
  reply.send({ object: 'list', data, has_more: false, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null });
}

/** Throws: model_not_found. */
export function sendModel(backend: Backend, name: string, reply: FastifyReply): void {
  const model = known(backend, name);
  const object = { ...modelObject(model, name), state: model.state, reason: model.reason ?? null };
  reply
    .code(model.state === 'ready' ? 200 : 503)
    .send({ ...object, replicas: model.replicas, queued: model.queued, running: model.running });
}

/** Throws: model_not_found. */
export function sendLoaded(backend: Backend, name: string, reply: FastifyReply): void {
  const { state } = known(backend, name);
  reply.code(state === 'ready' ? 200 : 503).send({ loaded: state === 'ready', state });
}

/** Input and output of each method. Throws: model_not_found. */
export function sendSchema(backend: Backend, name: string, reply: FastifyReply): void {
  const model = known(backend, name);
  const schemas = model.methods.map((method) => {
    const dialect = dialectFor(method);
    return [method, { input: dialect.inputSchema, output: dialect.outputSchema, ...model.schemas[method] }];
  });
  reply.send({ name: model.name, methods: Object.fromEntries(schemas) });
}

function known(backend: Backend, name: string): ModelView {
  const model = backend.model(name);
  if (model === undefined)
    throw new InferenceError('model_not_found', 'expected the name of a loaded model; /v1/models lists them', { param: 'model' });
  return model;
}

function modelObject(model: ModelView, id: string) {
  const { capabilities } = model;
  return {
    id,
    object: 'model',
    type: 'model',
    created: model.created,
    created_at: new Date(model.created * 1000).toISOString(),
    owned_by: 'heddle',
    display_name: model.name,
    description: model.description,
    methods: model.methods,
    max_input_tokens: capabilities?.contextTokens ?? null,
    // No answer is longer than what it shares with its prompt.
    max_tokens: capabilities?.maxOutputTokens ?? capabilities?.contextTokens ?? null,
    // Not known before the load.
    capabilities: capabilities === undefined ? null : capabilityView(capabilities),
  };
}
