// Health as probes and people ask for it. None of it needs a key or touches a model's thread, but readiness.

import type { FastifyReply } from 'fastify';
import type { Backend } from './backend.ts';

/** `GET /`: the loop turns; says what answers here. */
export function sendRoot(backend: Backend, reply: FastifyReply): void {
  reply.send({ server: 'heddle', environment: backend.environment, models: backend.models().map((model) => model.name) });
}

/** Liveness: red only when nothing but a new process helps. Never tied to load. */
export function sendLive(backend: Backend, reply: FastifyReply): void {
  reply.code(backend.alive ? 200 : 503).send({ status: backend.alive ? 'alive' : 'unhealthy' });
}

/** Readiness: every required model is ready and healthy, and the server is not stopping; else it names those that are not. */
export async function sendReady(backend: Backend, reply: FastifyReply): Promise<void> {
  const { ready, waitingFor } = await backend.readiness();
  const models = Object.fromEntries(backend.models().map((model) => [model.name, model.state]));
  const status = ready ? 'ready' : backend.draining ? 'draining' : 'not ready';
  reply.code(ready ? 200 : 503).send({ status, models, waiting_for: waitingFor });
}
