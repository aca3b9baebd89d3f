// One line per request, and one for the reason of a failure. Ids, names, codes and times; never text of a prompt or an answer.

import type { ServerResponse } from 'node:http';
import type { ErrorRecord } from '../core/errors.ts';
import { roundedMs } from '../core/rounded-ms.ts';
import type { Logger } from '../contract/model.ts';
import type { RequestContext } from './request-context.ts';

const probes: ReadonlySet<string> = new Set(['/livez', '/health', '/readyz', '/ready', '/ping']);
// As long as a model's name may be, and a route.
const longestPath = 256;

/** Writes the line when the request is over. A client that left is 499, whatever was under way. */
export function logWhenOver(
  logger: Logger,
  context: RequestContext,
  request: { readonly verb: string; readonly path: string },
  response: ServerResponse,
): void {
  context.life.onOver((gone) => {
    const left = gone && context.code === undefined;
    // Probes come every second and say nothing while they are answered.
    const level = probes.has(request.path) && response.statusCode < 400 ? 'debug' : 'info';
    logger[level]('request', {
      id: context.id,
      verb: request.verb,
      path: request.path.slice(0, longestPath),
      method: context.method,
      model: context.model,
      // An answer that is no call's has its status on the response alone.
      status: left ? 499 : context.status === 0 ? response.statusCode : context.status,
      code: left ? 'client_closed_request' : context.code,
      apiKeyName: context.apiKeyName ?? undefined,
      queueMs: roundedMs(context.queueMs),
      firstByteMs: roundedMs(context.firstByteMs),
      totalMs: roundedMs(context.life.elapsedMs),
      promptTokens: context.usage?.promptTokens,
      completionTokens: context.usage?.completionTokens,
    });
  });
}

/** Writes why a call failed, where that is the server's or the model's doing: what a client got wrong is told by the code of its line. */
export function logFailure(logger: Logger, id: string, { code, status, stack }: ErrorRecord): void {
  if (stack !== undefined && status >= 500) logger.error('request failed', { id, code, stack });
}
