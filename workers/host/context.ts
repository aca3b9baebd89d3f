// The context that a Model's constructor gets.

import { join } from 'node:path';
import { inspect } from 'node:util';
import { InferenceError } from '../../src/core/errors.ts';
import type { Logger, ModelContext, NativeGauge } from '../../src/contract/model.ts';
import type { ReplicaMemory } from '../../src/contract/replica-memory.ts';
import type { FromHost, ModelDescriptor } from '../../src/contract/thread.ts';

export function modelContext(model: ModelDescriptor, memory: ReplicaMemory, send: (message: FromHost) => void): ModelContext {
  const context = {
    name: model.config.model_name,
    config: model.config,
    dataDir: join(model.dir, 'data'),
    environment: model.environment,
    device: 'cpu' as const,
    threads: model.threads,
    logger: portLogger(send),
    native: nativeGauge(memory),
  };
  // Not enumerable: a logged or spread context shows no secret.
  return Object.defineProperty(context, 'secrets', { value: Object.freeze({ ...model.secrets }), enumerable: false }) as typeof context & {
    readonly secrets: Readonly<Record<string, string>>; // defined just now, which the type of defineProperty does not tell
  };
}

function portLogger(send: (message: FromHost) => void): Logger {
  const at =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (given: string, givenFields: Readonly<Record<string, unknown>> = {}) => {
      // Plain JavaScript may pass an Error as either, or anything else.
      const message: string = typeof given === 'string' ? given : shown(given);
      const isPlain = typeof givenFields === 'object' && givenFields !== null && !(givenFields instanceof Error);
      const fields = isPlain ? givenFields : { value: givenFields };
      try {
        send({ type: 'log', level, message, fields });
      } catch {
        // A function or a socket cannot cross threads. A log line must not fail the call that writes it.
        send({ type: 'log', level, message, fields: textFields(fields) });
      }
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

// Without the value's own way to show itself, which may throw.
function shown(value: unknown): string {
  return inspect(value, { depth: 1, customInspect: false });
}

function textFields(fields: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, shown(value)]));
}

function nativeGauge(memory: ReplicaMemory): NativeGauge {
  return {
    enter() {
      if (!memory.enterNative())
        throw new InferenceError('replica_lost', 'the thread of the model is being ended', { retryAfterMs: 1_000 });
    },
    leave: () => memory.leaveNative(),
  };
}
