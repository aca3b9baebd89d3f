// Registers every known path once. Which of them answer is asked of the live table at each request.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Backend } from './backend.ts';
import { sendDocs } from './docs-route.ts';
import { sendLive, sendReady, sendRoot } from './health-routes.ts';
import { sendLoaded, sendModel, sendModels, sendSchema } from './models-route.ts';
import { openApi } from './openapi/document.ts';
import { type ResponseTarget, responsePaths, staticGetPaths, staticPostPaths, type Target, wildcardPrefixes } from './paths.ts';

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** Targets of which the live models alone decide the answer. */
type PlainTarget = Exclude<Target, { readonly kind: 'call' } | ResponseTarget>;

export function registerRoutes(app: FastifyInstance, get: Handler, post: Handler): void {
  for (const path of staticGetPaths) app.get(path, get);
  for (const path of staticPostPaths) app.post(path, post);
  for (const prefix of wildcardPrefixes) {
    app.get(`${prefix}*`, get);
    app.post(`${prefix}*`, post);
  }
  for (const { path, verbs } of responsePaths) app.route({ method: [...verbs], url: path, handler: get });
}

/** Answers a target that is neither a call nor a stored response. */
export async function sendTarget(backend: Backend, target: PlainTarget, reply: FastifyReply, isKeyed: boolean): Promise<void> {
  switch (target.kind) {
    case 'root':
      return sendRoot(backend, reply);
    case 'live':
      return sendLive(backend, reply);
    case 'ready':
      return sendReady(backend, reply);
    case 'models':
      return sendModels(backend, reply);
    case 'openapi':
      reply.send(openApi(backend, isKeyed));
      return;
    case 'ignored':
      reply.code(204).send();
      return;
    case 'docs':
      return sendDocs(target.file, reply);
    case 'model':
      return sendModel(backend, target.name, reply);
    case 'loaded':
      return sendLoaded(backend, target.name, reply);
    case 'schema':
      return sendSchema(backend, target.name, reply);
  }
}
