// The HTTP server: Fastify with our own limits, our own body parser and the checks in their documented order.

import cors from '@fastify/cors';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { AddressInfo } from 'node:net';
import { type Clock, systemClock } from '../core/clock.ts';
import { InferenceError } from '../core/errors.ts';
import type { Logger } from '../contract/model.ts';
import { type ApiKeys, keyCheck } from './auth.ts';
import type { Backend } from './backend.ts';
import { type BodyType, checkBodyHeaders, readBody } from './body.ts';
import { handleCall } from './call-handler.ts';
import { pathOf, replyWithError } from './error-reply.ts';
import { allowAt, liveTarget } from './not-found.ts';
import { OpenAnswers } from './open-answers.ts';
import type { Target } from './paths.ts';
import { RequestContexts } from './request-context.ts';
import { logWhenOver } from './request-log.ts';
import { refuseSocket } from './refuse-socket.ts';
import { isResponseTarget, sendResponse } from './responses-routes.ts';
import { environmentProblem, urlRewriter } from './rewrite-url.ts';
import { registerRoutes, sendTarget } from './routes.ts';

export interface ServerOptions {
  readonly logger: Logger;
  readonly clock?: Clock;
  /** Keys by name; none: no key is asked for. */
  readonly apiKeys?: ApiKeys;
  /** Largest body in bytes. Default 32 MiB. */
  readonly bodyLimitBytes?: number;
  /** Answer cross-origin requests, reflecting their origin. Default true. */
  readonly cors?: boolean;
  /** Silence on an event stream after which a heartbeat is sent; 0: none. Default 15,000. */
  readonly heartbeatMs?: number;
  /** A client that takes nothing of a stream for so long counts as gone. Default 30,000. */
  readonly stalledWriteMs?: number;
  /** Time for a whole request to arrive. Default 30,000. */
  readonly requestTimeoutMs?: number;
  /** Time for the headers of a request to arrive. Default 10,000. */
  readonly headersTimeoutMs?: number;
}

export interface HeddleServer {
  readonly app: FastifyInstance;
  /** Throws: the system's error, such as EADDRINUSE. */
  listen(at: { readonly host: string; readonly port: number }): Promise<AddressInfo>;
  /** Takes no new connections and ends idle ones; those busy after `graceMs` (default 0) are cut. Idempotent. */
  close(graceMs?: number): Promise<void>;
}

/** What the checks before the body found out. */
interface Gate {
  readonly target: Target;
  readonly bodyType: BodyType | undefined;
}

/**
 * Builds the server; it answers after `listen`. Owns: its connections, until `close`.
 * Throws: invalid_config for an environment that would hide a route.
 */
export async function createServer(backend: Backend, options: ServerOptions): Promise<HeddleServer> {
  const clock = options.clock ?? systemClock;
  const limitBytes = options.bodyLimitBytes ?? 33_554_432;
  const writerOptions = {
    clock,
    logger: options.logger,
    heartbeatMs: options.heartbeatMs ?? 15_000,
    stalledWriteMs: options.stalledWriteMs ?? 30_000,
  };
  const problem = environmentProblem(backend.environment);
  if (problem !== undefined) throw new InferenceError('invalid_config', problem);
  const answersOrigins = options.cors ?? true;
  const answers = new OpenAnswers();
  const contexts = new RequestContexts(clock);
  const gates = new WeakMap<FastifyRequest, Gate>();
  const checkKey = keyCheck(options.apiKeys ?? {});
  const isKeyed = Object.keys(options.apiKeys ?? {}).length > 0;
  const rewrite = urlRewriter(backend.environment);
  const refuse = (error: unknown, request: FastifyRequest, reply: FastifyReply): void =>
    replyWithError(error, request, reply, contexts.of(request, reply), options.logger);

  const open = (request: FastifyRequest, reply: FastifyReply): void => {
    const context = contexts.open(request, reply);
    logWhenOver(options.logger, context, { verb: request.method, path: pathOf(request.url) }, reply.raw);
    answers.add(request.raw, reply.raw, context);
  };

  const app = Fastify({
    logger: false,
    bodyLimit: limitBytes,
    requestTimeout: options.requestTimeoutMs ?? 30_000, // receiving only; Fastify's default is none
    keepAliveTimeout: 72_000, // longer than the 60 s of common load balancers, which must be first to close
    return503OnClosing: false, // the backend's own answer says more
    routerOptions: { maxParamLength: 4096 },
    rewriteUrl: (request) => rewrite(request.url ?? '/'),
    // Keep-alive probes are the only way to see a client that lost its power.
    http: {
      headersTimeout: options.headersTimeoutMs ?? 10_000,
      connectionsCheckingInterval: 1000,
      keepAlive: true,
      keepAliveInitialDelay: 30_000,
    },
    clientErrorHandler: (error, socket) => refuseSocket(error, socket, answers, (origin) => (answersOrigins ? corsHeaders(origin) : {})),
    // These come before any hook.
    frameworkErrors: (error, request, reply) => {
      open(request, reply);
      refuse(error, request, reply);
    },
  });

  // Before any route: the one of the CORS plugin keeps the handler it finds.
  app.setErrorHandler((error, request, reply) => refuse(error, request, reply));
  app.addHook('onRequest', async (request, reply) => {
    open(request, reply);
    if (backend.draining) reply.header('connection', 'close');
  });
  if (answersOrigins) {
    // Allowed headers are left out, so that those asked for are reflected: clients send many of their own.
    // What OPTIONS answers beside its headers is decided below, for browsers and all others.
    const preflight = { strictPreflight: false, preflightContinue: true };
    await app.register(cors, { origin: true, methods: 'GET,HEAD,POST,DELETE', exposedHeaders: exposed, ...preflight });
  }
  app.addHook('onRequest', async (request, reply) => {
    if (request.method === 'OPTIONS') {
      // Safari waits for a body unless it is told that there is none.
      reply
        .header('allow', allowAt(pathOf(request.url)))
        .header('content-length', '0')
        .code(204)
        .send();
      return reply;
    }
    const context = contexts.of(request, reply);
    const target = liveTarget(backend, request.method, pathOf(request.url));
    if (!isPublic(target)) context.apiKeyName = checkKey(request.headers);
    if (target.kind === 'call') context.method = target.method;
    const bytesAllowed = target.kind === 'call' && target.method === 'predict';
    const bodyType = target.kind === 'call' ? checkBodyHeaders(request.headers, { limitBytes, bytesAllowed }) : undefined;
    gates.set(request, { target, bodyType });
    return undefined;
  });
  app.setNotFoundHandler((request, reply) =>
    refuse(new InferenceError('unknown_url', 'expected a path of this server, got an unknown one'), request, reply),
  );

  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', async (request: FastifyRequest, payload: FastifyRequest['raw']) => {
    const type = gates.get(request)?.bodyType;
    return type === undefined ? undefined : readBody(payload, type, limitBytes);
  });

  const handle = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const target = gates.get(request)?.target;
    if (target === undefined) throw new InferenceError('unknown_url', 'expected a path of this server, got an unknown one');
    if (target.kind === 'call') {
      handleCall(backend, target, request, reply, contexts.of(request, reply), writerOptions, (error) => refuse(error, request, reply));
    } else if (isResponseTarget(target)) {
      const context = contexts.of(request, reply);
      sendResponse(backend.responses, target, request, reply, {
        context,
        options: writerOptions,
        refuse: (error) => refuse(error, request, reply),
      });
    } else await sendTarget(backend, target, reply, isKeyed);
    return reply; // the writer sends it
  };
  registerRoutes(app, handle, handle);

  let closing: Promise<void> | undefined;
  return {
    app,
    async listen(at) {
      await app.listen(at);
      const address = app.server.address();
      if (address === null || typeof address === 'string') throw new InferenceError('internal_error', 'expected a TCP address');
      return address;
    },
    close(graceMs = 0) {
      const cut = clock.after(graceMs, () => app.server.closeAllConnections());
      closing ??= app.close();
      return closing.finally(() => cut.cancel());
    },
  };
}

const exposed = [
  ...['x-request-id', 'request-id', 'openai-processing-ms', 'retry-after', 'retry-after-ms', 'x-should-retry'],
  'heddle-dropped-tools',
];

/** As the CORS plugin writes them, for an answer that does not pass it. */
function corsHeaders(origin: string): Readonly<Record<string, string>> {
  return { 'access-control-allow-origin': origin, vary: 'Origin', 'access-control-expose-headers': exposed.join(', ') };
}

/** The page of the documentation is the same for everyone; what it shows, /openapi.json, needs the key. */
function isPublic(target: Target): boolean {
  return target.kind === 'docs' || target.kind === 'ignored' || target.kind === 'root' || target.kind === 'live' || target.kind === 'ready';
}
