// What answers beside calls, as data: one row for each target of the path table, which the types demand.

import type { Target } from '../paths.ts';
import type { answerSchemas } from './answer-schemas.ts';

export interface FixedOperation {
  readonly verb: 'get' | 'post' | 'delete';
  /** The path that stands for all its spellings. */
  readonly path: string;
  readonly id: string;
  readonly tag: 'health' | 'models' | 'openai' | 'documentation';
  readonly summary: string;
  /** Other paths of the same answer. */
  readonly also: readonly string[];
  /** What each status answers: JSON, or where there is no schema a page or, as 204, nothing. */
  readonly answers: Readonly<
    Record<string, { readonly description: string; readonly schema?: keyof typeof answerSchemas; readonly streams?: boolean }>
  >;
  /** Query parameters it reads, all optional. */
  readonly query?: Readonly<Record<string, object>>;
  /** Error answers it may have beside 401 and 408. */
  readonly errors: readonly number[];
}

/** A target is answered under one verb or several; a new kind of target does not compile until it has its rows here. */
export const fixedOperations: Readonly<Record<Exclude<Target['kind'], 'call'>, readonly FixedOperation[]>> = {
  root: [
    {
      verb: 'get',
      path: '/',
      id: 'root',
      tag: 'health',
      summary: 'What answers here',
      also: ['/api/hello'],
      answers: { 200: { description: 'The server listens.', schema: 'Root' } },
      errors: [],
    },
  ],
  live: [
    {
      verb: 'get',
      path: '/livez',
      id: 'liveness',
      tag: 'health',
      summary: 'Whether the process is alive',
      also: ['/health'],
      answers: {
        200: { description: 'It is.', schema: 'Liveness' },
        503: { description: 'Only a new process helps.', schema: 'Liveness' },
      },
      errors: [],
    },
  ],
  ready: [
    {
      verb: 'get',
      path: '/readyz',
      id: 'readiness',
      tag: 'health',
      summary: 'Whether every required model is ready and healthy',
      also: ['/ready', '/ping'],
      answers: {
        200: { description: 'All are.', schema: 'Readiness' },
        503: { description: 'Some are not, or the server stops.', schema: 'Readiness' },
      },
      errors: [],
    },
  ],
  models: [
    {
      verb: 'get',
      path: '/v1/models',
      id: 'listModels',
      tag: 'models',
      summary: 'The ready models, under their names and their aliases',
      also: ['/models'],
      answers: { 200: { description: 'The models.', schema: 'ModelList' } },
      errors: [],
    },
  ],
  model: [
    {
      verb: 'get',
      path: '/v1/models/{name}',
      id: 'getModel',
      tag: 'models',
      summary: 'One model and how it is',
      also: ['/models/{name}'],
      answers: {
        200: { description: 'It is ready.', schema: 'Model' },
        503: { description: 'It is not ready; `state` and `reason` say why.', schema: 'Model' },
      },
      errors: [404],
    },
  ],
  response: [
    {
      verb: 'get',
      path: '/v1/responses/{id}',
      id: 'getResponse',
      tag: 'openai',
      summary: 'A stored response',
      also: ['/responses/{id}'],
      answers: { 200: { description: 'The response as it is, or its events.', schema: 'StoredResponse', streams: true } },
      query: {
        stream: {
          type: 'boolean',
          default: false,
          description: 'The events of a response that was streamed in the background, those to come included.',
        },
        starting_after: { type: 'integer', minimum: 0, description: 'With stream: the number of the event before the first one wanted.' },
      },
      errors: [400, 404],
    },
    {
      verb: 'delete',
      path: '/v1/responses/{id}',
      id: 'deleteResponse',
      tag: 'openai',
      summary: 'Forget a stored response, and stop it where it runs in the background',
      also: ['/responses/{id}'],
      answers: { 200: { description: 'It is gone.', schema: 'DeletedResponse' } },
      errors: [404],
    },
  ],
  responseItems: [
    {
      verb: 'get',
      path: '/v1/responses/{id}/input_items',
      id: 'listResponseInputItems',
      tag: 'openai',
      summary: 'What a stored response was asked',
      also: ['/responses/{id}/input_items'],
      answers: { 200: { description: 'A page of items.', schema: 'ResponseItems' } },
      query: {
        limit: { type: 'integer', minimum: 1, maximum: 100, default: 20 },
        order: { type: 'string', enum: ['asc', 'desc'], default: 'desc' },
        after: { type: 'string', description: 'The id of the item before the page.' },
      },
      errors: [400, 404],
    },
  ],
  responseCancel: [
    {
      verb: 'post',
      path: '/v1/responses/{id}/cancel',
      id: 'cancelResponse',
      tag: 'openai',
      summary: 'Stop a response that runs in the background',
      also: ['/responses/{id}/cancel'],
      answers: { 200: { description: 'The response, cancelled, or as it was when it is finished.', schema: 'StoredResponse' } },
      errors: [400, 404],
    },
  ],
  loaded: [
    {
      verb: 'get',
      path: '/v1/models/{name}/loaded',
      id: 'getModelLoaded',
      tag: 'models',
      summary: 'Whether a model is ready',
      also: ['/models/{name}/loaded'],
      answers: {
        200: { description: 'It is.', schema: 'ModelLoaded' },
        503: { description: 'It is not.', schema: 'ModelLoaded' },
      },
      errors: [404],
    },
  ],
  schema: [
    {
      verb: 'get',
      path: '/v1/models/{name}/schema',
      id: 'getModelSchema',
      tag: 'models',
      summary: 'The input and the output of each method of a model',
      also: ['/models/{name}/schema'],
      answers: { 200: { description: 'Its schemas.', schema: 'ModelSchema' } },
      errors: [404],
    },
  ],
  openapi: [
    {
      verb: 'get',
      path: '/openapi.json',
      id: 'getOpenApi',
      tag: 'documentation',
      summary: 'This document',
      also: [],
      answers: { 200: { description: 'The routes that answer now.', schema: 'OpenApi' } },
      errors: [],
    },
  ],
  ignored: [
    {
      verb: 'post',
      path: '/api/event_logging/batch',
      id: 'ignoreEvents',
      tag: 'health',
      summary: 'Accepts the telemetry of clients and drops it',
      also: [],
      answers: { 204: { description: 'Nothing was read.' } },
      errors: [],
    },
  ],
  docs: [
    {
      verb: 'get',
      path: '/docs',
      id: 'getDocs',
      tag: 'documentation',
      summary: 'A page that shows this document and sends requests; it needs no key',
      also: [],
      answers: { 200: { description: 'The page; its files are below the path.' } },
      errors: [],
    },
  ],
};
