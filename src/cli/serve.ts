// `heddle serve`: joins runtime and HTTP server, loads the models behind an open port, and stops both in order.

import { resolve } from 'node:path';
import { systemClock } from '../core/clock.ts';
import { InferenceError } from '../core/errors.ts';
import type { Logger } from '../contract/model.ts';
import { findModels } from '../registry/find-models.ts';
import { Runtime } from '../runtime/runtime.ts';
import { createServer, type HeddleServer } from '../http/server.ts';
import { apiKeysOf } from './api-keys.ts';
import { banner } from './banner.ts';
import { killOnUncaught } from './crash.ts';
import type { ServeOptions } from './options.ts';
import { stopOnSignals } from './stop.ts';

/** What serving needs of the process it runs in. */
export interface ServeProcess {
  readonly signals: Parameters<typeof stopOnSignals>[0]['signals'];
  readonly errors: Parameters<typeof killOnUncaught>[0]['errors'];
  readonly print: (text: string) => void;
  readonly exit: (code: number) => void;
  readonly kill: () => void;
}

/**
 * Serves until a signal. Returns once all models are ready or failed; a failed one keeps the others serving.
 * Throws: InferenceError invalid_config, or the system's error when the port cannot be had; nothing is left open then.
 */
export async function serve(options: ServeOptions, logger: Logger, host: ServeProcess): Promise<void> {
  const dirs = await findModels(options.models, options.only);
  const apiKeys = apiKeysOf(options['api-key'], options['api-keys']);
  const responsesStore = options['responses-store'] && {
    count: options['responses-store-count'],
    bytes: options['responses-store-bytes'],
    ageMs: options['responses-store-age-ms'],
  };
  const runtime = new Runtime({
    environment: options.environment,
    logger,
    strict: options.strict,
    dropUnservedTools: options['unserved-tools'] === 'drop',
    responsesStore,
  });
  const server = await createServer(runtime, {
    logger,
    apiKeys,
    bodyLimitBytes: options['body-limit-bytes'],
    cors: options.cors,
    heartbeatMs: options['heartbeat-ms'],
    stalledWriteMs: options['stalled-write-ms'],
  });
  const shutDown = once(() => close(runtime, server, options['drain-timeout-ms']));
  killOnUncaught({ logger, errors: host.errors, kill: host.kill });
  // Before anything is told: a supervisor that waits for the line below may send a signal at once.
  stopOnSignals({ logger, clock: systemClock, signals: host.signals, shutDown, exit: host.exit, kill: host.kill });
  const address = await server.listen({ host: options.host, port: options.port });
  const url = urlOf(options.host, address.port);
  // Not models yet: a folder whose configuration is wrong never becomes one.
  logger.info('listening', { url, folders: dirs.length });
  if (dirs.length === 0)
    logger.warn('no folder with a config.yaml found, so there is nothing to serve', { models: resolve(options.models) });
  // A folder that cannot be read as a model is listed all the same, or only the log would tell that it is missing.
  const loads = await Promise.allSettled(dirs.map((dir) => runtime.load(dir, { listRefused: true })));
  const refused = loads.flatMap((load) => (load.status === 'rejected' ? [load.reason] : []));
  if (runtime.draining) return; // a signal came first, and its shutdown ends the process
  // A folder that cannot be read as a model is told of; the others serve. With none left there is nothing to serve.
  if (refused.length > 0 && refused.length === dirs.length) {
    if (!(await shutDown())) host.kill();
    throw new InferenceError('invalid_config', refused.map(messageOf).join('\n'));
  }
  for (const reason of refused) logger.error(oneLineOf(reason));
  const models = runtime.models();
  if (options.json) logger.info('models settled', { url, models: models.map(({ name, state, reason }) => ({ name, state, reason })) });
  else host.print(`\n${banner(url, models, Object.keys(apiKeys).length > 0)}\n\n`);
}

/** Draining answers new requests with 503, so the port stays open until the accepted ones have ended. */
async function close(runtime: Runtime, server: HeddleServer, drainTimeoutMs: number): Promise<boolean> {
  await runtime.drain(drainTimeoutMs);
  // Replies of cancelled calls are small; a second lets them out to clients that still read.
  await server.close(1000);
  return runtime.close();
}

function messageOf(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}

/** A file and all its problems. */
function oneLineOf(reason: unknown): string {
  const [file = '', ...problems] = messageOf(reason).split('\n');
  return problems.length === 0 ? file : `${file} ${problems.map((problem) => problem.trim()).join('; ')}`;
}

function once<T>(action: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => {
    running ??= action();
    return running;
  };
}

/** A URL that works on this machine: a wildcard address is for listening only. */
function urlOf(host: string, port: number): string {
  const reachable = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}
