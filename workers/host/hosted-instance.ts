// One Model instance on its thread: construction, load, calls, unload.

import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import type { MessagePort } from 'node:worker_threads';
import { InferenceError } from '../../src/core/errors.ts';
import type { ModelCapabilities } from '../../src/contract/capabilities.ts';
import { ReplicaMemory } from '../../src/contract/replica-memory.ts';
import type { CallMessage, FromHost, ModelDescription, ModelDescriptor, ToHost } from '../../src/contract/thread.ts';
import { CallRun } from './call-run.ts';
import type { Callable } from './callable.ts';
import { modelContext } from './context.ts';
import { type InspectedModel, inspectModel } from './inspect-model.ts';
import { refuseLaterParts } from './later-parts.ts';
import { registerModuleHooks } from './module-loader.ts';
import { Permits } from './permits.ts';
import { loadedCapabilities, staticCapabilities } from './read-capabilities.ts';

// Between two tries of `load`: long enough for a file lock or a busy disk to pass.
const loadRetryDelayMs = 250;

export class HostedInstance {
  readonly #model: ModelDescriptor;
  readonly #instance: object;
  readonly #inspected: InspectedModel;
  readonly #known: ModelCapabilities | undefined;
  readonly #memory: ReplicaMemory;
  readonly #port: MessagePort;
  readonly #predictPermits: Permits;
  readonly #calls = new Map<number, CallRun>();
  readonly #warned = new Set<string>();

  private constructor(model: ModelDescriptor, instance: object, memory: ReplicaMemory, port: MessagePort) {
    this.#model = model;
    this.#instance = instance;
    this.#inspected = inspectModel(instance);
    this.#known = staticCapabilities(instance);
    this.#memory = memory;
    this.#port = port;
    this.#predictPermits = new Permits(model.config.runtime.predict_concurrency);
    port.on('message', (message: ToHost) => this.#hear(message));
  }

  /** Throws: invalid_model, load_failed. */
  static async construct(model: ModelDescriptor, port: MessagePort, shared: SharedArrayBuffer): Promise<HostedInstance> {
    registerModuleHooks();
    Object.assign(process.env, model.config.environment_variables);
    const memory = new ReplicaMemory(shared);
    const send = (message: FromHost): void => port.postMessage(message);
    const file = join(model.dir, model.config.model_class);
    const loaded: { default?: unknown } = await step(`importing ${model.config.model_class}`, () => import(pathToFileURL(file).href));
    const ModelClass = loaded.default;
    if (typeof ModelClass !== 'function') {
      throw new InferenceError(
        'invalid_model',
        `expected ${model.config.model_class} to export a class by default, found ${typeof ModelClass}`,
      );
    }
    const context = modelContext(model, memory, send);
    const instance: object = await step('the constructor', () => Reflect.construct(ModelClass, [context]));
    refuseLaterParts(instance);
    return new HostedInstance(model, instance, memory, port);
  }

  get description(): ModelDescription {
    const { description } = this.#inspected;
    return this.#known === undefined ? description : { ...description, capabilities: this.#known };
  }

  /** What the model can do, now that it is loaded. Throws: load_failed after the last try, invalid_model. */
  async load(): Promise<ModelCapabilities> {
    const setup = this.#inspected.member('setupEnvironment');
    if (setup !== undefined) await step('setupEnvironment', () => setup(this.#model.environment));
    const load = this.#inspected.member('load');
    if (load !== undefined) await this.#loadWithRetries(load);
    return step('capabilities', () => loadedCapabilities(this.#instance));
  }

  async #loadWithRetries(load: Callable): Promise<void> {
    for (let retriesLeft = this.#model.config.runtime.load_retries; ; retriesLeft--) {
      try {
        return await step('load', async () => void (await load()));
      } catch (error) {
        if (retriesLeft === 0) throw error;
        await pause(loadRetryDelayMs);
      }
    }
  }

  async call(message: CallMessage): Promise<void> {
    const run = new CallRun(message, {
      inspected: this.#inspected,
      memory: this.#memory,
      permits: this.#predictPermits,
      checkResults: this.#model.environment === 'development',
      warn: (text) => this.#warn(text),
      send: (event, transfer) => this.#port.postMessage(event, transfer),
    });
    this.#calls.set(message.callId, run);
    try {
      await run.carryOut();
    } finally {
      this.#calls.delete(message.callId);
    }
  }

  async isHealthy(): Promise<boolean> {
    const isHealthy = this.#inspected.member('isHealthy');
    if (isHealthy === undefined) return true;
    try {
      return Boolean(await isHealthy());
    } catch {
      return false; // a throw is an answer: not healthy
    }
  }

  async unload(): Promise<void> {
    try {
      await this.#inspected.member('unload')?.();
    } finally {
      this.#port.close();
    }
  }

  /** Once each: what one call does wrong the next one does too. */
  #warn(message: string): void {
    if (this.#warned.has(message)) return;
    this.#warned.add(message);
    this.#port.postMessage({ type: 'log', level: 'warn', message, fields: {} } satisfies FromHost);
  }

  #hear(message: ToHost): void {
    const run = this.#calls.get(message.callId);
    if (message.type === 'credit') run?.credit(message.bytes);
    else run?.cancel(message.reason);
  }
}

/** Runs a step of the user's code. Throws: load_failed with the step and the reason, or the step's own InferenceError. */
async function step<T>(name: string, action: () => T | Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof InferenceError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new InferenceError('load_failed', `${name} failed: ${reason}`, { cause: error });
  }
}
