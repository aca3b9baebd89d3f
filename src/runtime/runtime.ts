// The server without HTTP: which models are loaded, and the way of a call from its name to a replica.

import { basename, resolve } from 'node:path';
import { cancelError } from '../core/cancellation.ts';
import { type Clock, systemClock } from '../core/clock.ts';
import { InferenceError } from '../core/errors.ts';
import type { ModelConfig } from '../contract/config.ts';
import type { RunningCall } from '../contract/executor.ts';
import { countingRoutes, type MethodName } from '../contract/methods.ts';
import type { Logger } from '../contract/model.ts';
import { LiveTable } from '../registry/live-table.ts';
import { readModelConfig } from '../registry/read-config.ts';
import { listedConfig, readRefusedConfig, refusalOf } from '../registry/refused-config.ts';
import { type CallOptions, callModel } from './call-model.ts';
import { withServedTools } from './drop-tools.ts';
import { HostedModel } from './hosted-model.ts';
import { isBackground, prepareResponse, withContext, withStore } from './kept-response.ts';
import type { ModelView, Readiness } from './model-view.ts';
import { refuseTelemetry } from './refuse-telemetry.ts';
import { ResponseStore, type ResponseStoreLimits } from './response-store.ts';
import { StoredResponses } from './stored-responses.ts';
import type { Submission } from './submission.ts';

export interface RuntimeOptions {
  /** `production` by default. */
  readonly environment?: string;
  readonly logger: Logger;
  readonly clock?: Clock;
  /** Refuse keys of a body that its route does not know, instead of ignoring them. Default false. */
  readonly strict?: boolean;
  /** Drop tools that are no functions and name them in a header, instead of refusing the request. Default false. */
  readonly dropUnservedTools?: boolean;
  /** How much of `responses` is kept for `previous_response_id`; false: nothing. Default: 1,000 of them, 64 MiB, for an hour. */
  readonly responsesStore?: Partial<ResponseStoreLimits> | false;
}

export interface LoadOptions {
  /** List a folder that is refused, as `listRefused` does; the runtime is not ready in between. Default false. */
  readonly listRefused?: boolean;
}

/**
 * Models and their calls, usable without a listener.
 * @example
 * const runtime = new Runtime({ logger });
 * await runtime.load('models/minilm');
 */
export class Runtime {
  readonly environment: string;
  /** Undefined: nothing is kept. */
  readonly responses: StoredResponses | undefined;
  readonly #store: ResponseStore | undefined;
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #strict: boolean;
  readonly #dropUnservedTools: boolean;
  readonly #table = new LiveTable();
  readonly #models = new Map<string, HostedModel>();
  /** Folders whose configuration is being read: what they bring is not listed yet. */
  #reading = 0;
  #draining = false;

  constructor(options: RuntimeOptions) {
    refuseTelemetry(process.env);
    this.environment = options.environment ?? 'production';
    this.#logger = options.logger;
    this.#clock = options.clock ?? systemClock;
    this.#strict = options.strict ?? false;
    this.#dropUnservedTools = options.dropUnservedTools ?? false;
    const { responsesStore } = options;
    const store = responsesStore === false ? undefined : new ResponseStore(this.#clock, responsesStore);
    this.#store = store;
    this.responses = store === undefined ? undefined : new StoredResponses({ store, clock: this.#clock, logger: this.#logger });
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** False when a replica is beyond help: its thread cannot be ended and none of its model serves. */
  get alive(): boolean {
    return [...this.#models.values()].every((model) => model.alive);
  }

  /**
   * Loads the model of a folder and opens its routes. A model that fails stays listed as `failed` with its reason.
   * Throws: invalid_config when the folder's configuration is wrong or its name is taken, also by a model that is still being unloaded;
   * shutting_down when the runtime drains. Nothing is listed then, unless the options ask for it.
   */
  async load(dir: string, options: LoadOptions = {}): Promise<void> {
    if (this.#draining) throw cancelError('drain');
    const model = await this.#whileReading(async () => {
      try {
        return await this.#admit(dir);
      } catch (error) {
        const isRefused = error instanceof InferenceError && error.code === 'invalid_config';
        if (isRefused && options.listRefused === true) await this.listRefused(dir, error);
        throw error;
      }
    });
    await model.load();
  }

  /**
   * Lists a folder that `load` refused as a `failed` model, under the `model_name` that can be read or its folder's name; where both are
   * taken, not at all. It gives way to a model of another folder that has the name, and then has its folder's. `error`: what `load` threw.
   */
  async listRefused(dir: string, error: unknown): Promise<void> {
    await this.#whileReading(async () => {
      const { names, required } = await readRefusedConfig(dir);
      if (this.#draining) return;
      this.#forgetRefused(dir);
      this.#listFailed(dir, names, required, refusalOf(dir, error));
    });
  }

  /**
   * Closes the routes of a model, lets its accepted calls finish within `drainTimeoutMs`, and ends its threads.
   * Returns false when a native run outlived the grace. A second call for the model waits for the same end. Throws: model_not_found.
   */
  async unload(name: string, drainTimeoutMs = 30_000): Promise<boolean> {
    const model = this.#models.get(name);
    if (model === undefined) throw new InferenceError('model_not_found', 'expected the name of a loaded model', { param: 'model' });
    const ended = await model.unload(drainTimeoutMs, 'unload');
    // Another model may have taken the name since.
    if (this.#models.get(name) === model) this.#models.delete(name);
    return ended;
  }

  models(): readonly ModelView[] {
    return [...this.#models.values()].map((model) => model.view());
  }

  model(nameOrAlias: string): ModelView | undefined {
    const entry = this.#table.get(nameOrAlias);
    return entry === undefined ? undefined : this.#models.get(entry.name)?.view();
  }

  hasMethod(method: MethodName): boolean {
    return this.#table.has(method);
  }

  modelsWith(method: MethodName): readonly string[] {
    return this.#table.modelsWith(method).map((entry) => entry.name);
  }

  /** Whether every required model is ready and healthy, and the server is not stopping. */
  async ready(): Promise<boolean> {
    return (await this.readiness()).ready;
  }

  /** The same, with the required models that it waits for. */
  async readiness(): Promise<Readiness> {
    // What is being read may be required, and a probe would find a server ready whose models are not listed yet. Asked before the wait
    // below: what is listed during it is not in `required`.
    const isReading = this.#reading > 0;
    const required = [...this.#models.values()].filter((model) => model.required);
    // Nobody is asked while stopping: the answer is known, and the threads may be gone.
    const healthy = this.#draining ? [] : await Promise.all(required.map((model) => model.isHealthy()));
    const waiting = required.flatMap((model, index): [string, Readiness['waitingFor'][string]][] => {
      if (this.#draining || healthy[index] === true) return [];
      const { name, state } = model.view();
      return [[name, state === 'ready' ? 'unhealthy' : state]];
    });
    return { ready: !this.#draining && !isReading && waiting.length === 0, waitingFor: Object.fromEntries(waiting) };
  }

  /** Milliseconds a call may take. With no or an unknown model named, the longest of the method's models. */
  timeoutMs(method: MethodName, nameOrAlias: string | undefined): number {
    const named = nameOrAlias === undefined ? undefined : this.#table.get(nameOrAlias);
    const names = named === undefined ? this.modelsWith(method) : [named.name];
    return Math.max(1, ...names.map((name) => this.#models.get(name)?.timeoutMs ?? 1));
  }

  /**
   * Chooses the model, waits for a replica and starts the call. The observer hears the rest. A background response is not waited for:
   * the observer hears that it is queued, or its events.
   * Throws: whatever keeps the call from starting: 404, 400, 429, 503, or the reason of the aborted signal.
   */
  async submit(asked: Submission): Promise<RunningCall> {
    const submission = this.#dropUnservedTools ? withServedTools(asked) : asked;
    if (this.#draining) throw cancelError('drain');
    const entry = this.#table.resolve(submission.method, submission.model);
    const model = this.#models.get(entry.name);
    if (model === undefined) throw new InferenceError('model_not_found', 'expected the name of a loaded model', { param: 'model' });
    if (countingRoutes.get(submission.method) === 'responses') return model.submit(withContext(this.#store, submission));
    if (submission.method !== 'responses') return model.submit(submission);
    if (this.responses === undefined || !isBackground(submission.method, submission.body))
      return model.submit(withStore(this.#store, submission));
    const prepared = prepareResponse(this.#store, submission);
    return this.responses.start({ asked: submission, prepared, model: entry.name, admit: (inner) => model.submit(inner) });
  }

  /**
   * Calls a method as a client would over HTTP: the body of its route in, the answer of its route out, streams included. The body of
   * `predict` may be a Uint8Array, which is copied.
   * Throws: InferenceError of whatever keeps the call from answering; the reason of `options.signal`.
   * @example
   * const reply = await runtime.call('embeddings', { model: 'minilm', input: 'one text' });
   * const { data } = await reply.json();
   */
  call(method: MethodName, body?: unknown, options: CallOptions = {}): Promise<Response> {
    const callee = {
      clock: this.#clock,
      timeoutMs: (name: MethodName, model: string | undefined) => this.timeoutMs(name, model),
      submit: (submission: Submission) => this.submit(submission),
    };
    return callModel(callee, method, body, options);
  }

  /** Refuses new calls and lets accepted ones finish; those left after `timeoutMs` are cancelled. Idempotent. */
  async drain(timeoutMs: number): Promise<void> {
    this.#draining = true;
    await Promise.all([...this.#models.values()].map((model) => model.drain(timeoutMs, 'drain')));
  }

  /** Ends all threads. Returns false when a native run outlived the grace: ending the process would abort it then. */
  async close(): Promise<boolean> {
    this.#draining = true;
    const ended = await Promise.all([...this.#models.keys()].map((name) => this.unload(name, 0)));
    return ended.every(Boolean);
  }

  /** Not ready meanwhile. */
  async #whileReading<T>(read: () => Promise<T>): Promise<T> {
    this.#reading += 1;
    try {
      return await read();
    } finally {
      this.#reading -= 1;
    }
  }

  /** Lists the model of a folder, which is to be loaded. Throws: see `load`. */
  async #admit(dir: string): Promise<HostedModel> {
    const config = await readModelConfig(dir);
    // Whoever drained meanwhile has not seen this model and would not end it.
    if (this.#draining) throw cancelError('drain');
    const names = [config.model_name, ...config.aliases];
    const taken = names.find((name) => {
      const entry = this.#table.get(name);
      return entry !== undefined && this.#models.get(entry.name)?.isRefused !== true;
    });
    if (taken !== undefined) throw new InferenceError('invalid_config', `${dir}: the name "${taken}" belongs to a loaded model already`);
    this.#forgetRefused(dir);
    const displaced = names.flatMap((name) => this.#models.get(name) ?? []);
    // One that is being unloaded goes for good.
    const kept = displaced.filter((model) => model.view().state === 'failed');
    for (const model of displaced) this.#forget(model);
    const model = this.#list(dir, config);
    for (const { dir: other, required, refusal } of kept) this.#listFailed(other, [basename(other)], required, refusal ?? '');
    return model;
  }

  #list(dir: string, config: ModelConfig, refusal?: string): HostedModel {
    const model = new HostedModel({
      dir: resolve(dir),
      config,
      environment: this.environment,
      logger: this.#logger,
      clock: this.#clock,
      table: this.#table,
      strict: this.#strict,
      ...(refusal === undefined ? {} : { refusal }),
    });
    this.#models.set(config.model_name, model);
    return model;
  }

  /** Under the first name that is free. */
  #listFailed(dir: string, names: readonly string[], required: boolean, refusal: string): void {
    const name = names.find((free) => this.#table.get(free) === undefined);
    if (name !== undefined) this.#list(dir, listedConfig(name, required), refusal);
  }

  /** A folder that is loaded again after it was mended would find its name taken by itself. */
  #forgetRefused(dir: string): void {
    for (const model of [...this.#models.values()]) if (model.isRefused && model.dir === resolve(dir)) this.#forget(model);
  }

  /** Takes a refused model off the list. */
  #forget(model: HostedModel): void {
    this.#models.delete(model.view().name);
    model.forget();
  }
}
