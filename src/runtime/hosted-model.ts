// One model in the runtime: its row in the live table, its queue and its replicas, from load to unload.

import { type CancelReason, cancelError } from '../core/cancellation.ts';
import type { Clock } from '../core/clock.ts';
import { InferenceError } from '../core/errors.ts';
import type { ModelCapabilities } from '../contract/capabilities.ts';
import type { ModelConfig } from '../contract/config.ts';
import type { CallObserver, RunningCall } from '../contract/executor.ts';
import { countingRoutes, type MethodName } from '../contract/methods.ts';
import type { Logger } from '../contract/model.ts';
import type { MethodSchemas, ModelDescription } from '../contract/thread.ts';
import { checkPolicy } from '../dialects/policy.ts';
import { refuseUnknown } from '../dialects/unknown-key.ts';
import type { Replica } from '../pool/replica.ts';
import { ReplicaSet } from '../pool/replica-set.ts';
import { checkReady, type LiveRow, type LiveTable } from '../registry/live-table.ts';
import { resolveSecrets } from '../registry/secrets.ts';
import { checkDevice } from '../registry/usable-device.ts';
import { verifyWeights } from '../registry/verify-weights.ts';
import { ModelQueue } from '../scheduler/model-queue.ts';
import { Calls } from './calls.ts';
import { machineShare } from './machine-share.ts';
import { type InputCheck, inputCheck } from './model-schemas.ts';
import type { ModelView } from './model-view.ts';
import type { Submission } from './submission.ts';
import { threadPlan } from './thread-plan.ts';

export interface HostedModelOptions {
  readonly dir: string;
  readonly config: ModelConfig;
  readonly environment: string;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly table: LiveTable;
  /** Refuse keys that the route does not know. */
  readonly strict: boolean;
  /** Why its configuration was refused: the model is listed as failed and not loaded. */
  readonly refusal?: string;
}

// The built host beside this file: dist/src/runtime → dist/workers/host.
const hostFile = new URL('../../workers/host/main.js', import.meta.url).href;
// After the drain, a native run may still be going: this long is waited for its end.
const nativeRunGraceMs = 10_000;

export class HostedModel {
  readonly #options: HostedModelOptions;
  /** Not looked up by name, which a later model may have by the time this one's load is through. */
  readonly #row: LiveRow;
  readonly #created = Math.floor(Date.now() / 1000);
  readonly #calls = new Calls();
  readonly #checks = new Map<MethodName, InputCheck>();
  #queue: ModelQueue<Replica> | undefined;
  #replicas: ReplicaSet | undefined;
  #schemas: Readonly<Partial<Record<MethodName, MethodSchemas>>> = {};
  /** Undefined while only the loaded instance can tell. */
  #capabilities: ModelCapabilities | undefined;
  #reason: string | undefined;
  #ended: Promise<boolean> | undefined;

  constructor(options: HostedModelOptions) {
    this.#options = options;
    const { model_name: name, aliases } = options.config;
    this.#reason = options.refusal;
    this.#row = options.table.add({ name, aliases, state: this.isRefused ? 'failed' : 'loading', methods: [] });
  }

  /** Absolute. */
  get dir(): string {
    return this.#options.dir;
  }

  /** Its name is free for a model that loads. */
  get isRefused(): boolean {
    return this.refusal !== undefined;
  }

  /** Why its configuration was refused. */
  get refusal(): string | undefined {
    return this.#options.refusal;
  }

  get required(): boolean {
    return this.#options.config.required;
  }

  get timeoutMs(): number {
    return this.#options.config.runtime.timeout_ms;
  }

  /** False when only a new process helps. */
  get alive(): boolean {
    return this.#state() !== 'ready' || this.#replicas?.alive !== false;
  }

  /** Never rejects: a model that fails is `failed`, with its reason. */
  async load(): Promise<void> {
    const { config, dir, clock, environment, logger } = this.#options;
    try {
      checkDevice(config);
      await verifyWeights(dir, config.weights);
      const secrets = await resolveSecrets(config.secrets);
      // Unloaded meanwhile: whoever did that has already closed what there was, and would not close replicas started now.
      if (this.#state() !== 'loading') return;
      const share = machineShare();
      const { replicas, threads } = threadPlan({ replicas: config.runtime.replicas, threads: config.resources.threads }, share.cores);
      const needed = config.resources.memory_mib;
      if (needed !== undefined && share.memoryMib < needed)
        logger.warn('less memory than the model asks for', { model: config.model_name, needed, machine: share.memoryMib });
      const set = new ReplicaSet({
        model: { config, dir, environment, secrets, threads },
        replicas,
        hostFile,
        clock,
        logger,
        onRoom: () => this.#queue?.room(),
        onDescribed: (description) => this.#described(description),
        onLoaded: (capabilities) => {
          this.#capabilities = capabilities;
        },
        onFailed: (error) => this.#fail(error),
      });
      this.#replicas = set;
      const { max_queue: maxQueue, max_queue_bytes: maxQueueBytes } = config.runtime;
      this.#queue = new ModelQueue({ clock, maxQueue, maxQueueBytes, executor: set });
      await set.load();
      if (this.#state() !== 'loading') return;
      this.#row.update({ state: 'ready' });
      logger.info('model ready', { model: config.model_name, replicas, threads });
    } catch (error) {
      this.#fail(error);
      await this.#replicas?.close(nativeRunGraceMs);
    }
  }

  /** Throws: what keeps the call from starting. */
  async submit(submission: Submission): Promise<RunningCall> {
    const { clock, config } = this.#options;
    const { method, signal, facts, observer } = submission;
    // In the documented order: what is wrong with the request is told before what is wrong with the server.
    const check = this.#checks.get(method);
    if (check !== undefined && submission.bodyKind === 'bytes')
      throw new InferenceError(
        'unsupported_media_type',
        `expected content-type application/json, as ${method} of this model has a schema, got application/octet-stream`,
      );
    check?.(submission.body);
    checkPolicy(method, submission.body, this.#capabilities, this.#schemas[countingRoutes.get(method) ?? method]?.input);
    if (this.#options.strict) refuseUnknown(method, submission.body, this.#schemas[method]?.input);
    checkReady(this.#row.entry);
    const queue = this.#queue;
    if (queue === undefined) throw new InferenceError('model_loading', 'the model is still loading', { retryAfterMs: 1_000 });
    const own = new AbortController();
    const gone = AbortSignal.any([signal, own.signal]);
    const leave = this.#calls.enter((reason) => own.abort(cancelError(reason)));
    const arrived = clock.now();
    try {
      const bytes = submission.bytes?.byteLength ?? 0;
      const ticket = {
        method,
        bytes,
        priority: facts.priority,
        key: facts.apiKeyName ?? '',
        deadline: arrived + facts.deadlineMs,
        signal: gone,
        onWaiting: () => observer.queued?.(),
      };
      const replica = await queue.acquire(ticket);
      const waitedMs = clock.now() - arrived;
      observer.started?.(config.model_name, waitedMs);
      const body = submission.bytes === undefined ? undefined : { kind: submission.bodyKind, bytes: submission.bytes };
      const request = { ...facts, model: config.model_name, deadlineMs: Math.max(0, facts.deadlineMs - waitedMs) };
      const running = replica.call({ method, body, request }, observer);
      this.#follow(running, gone, observer, () => {
        leave();
        queue.finished(method, !gone.aborted && replica.state !== 'ended');
      });
      return running;
    } catch (error) {
      leave();
      throw error;
    }
  }

  isHealthy(): Promise<boolean> {
    if (this.#state() !== 'ready' || this.#replicas === undefined) return Promise.resolve(false);
    return this.#replicas.isHealthy();
  }

  async drain(timeoutMs: number, reason: CancelReason): Promise<void> {
    await this.#calls.drain(this.#options.clock, timeoutMs, reason);
  }

  /** Ends the model once, however often it is called; the shortest of the times given counts. */
  async unload(timeoutMs: number, reason: CancelReason): Promise<boolean> {
    this.#row.update({ state: 'unloading' });
    await this.drain(timeoutMs, reason);
    this.#ended ??= this.#end(reason);
    return this.#ended;
  }

  /** Takes a refused model off the list, where nothing runs that would have to end. */
  forget(): void {
    this.#row.remove();
  }

  view(): ModelView {
    const { config } = this.#options;
    return {
      name: config.model_name,
      aliases: config.aliases,
      description: config.description,
      state: this.#state(),
      reason: this.#reason,
      required: config.required,
      methods: this.#row.entry.methods,
      schemas: this.#schemas,
      capabilities: this.#capabilities,
      exampleInput: config.model_metadata['example_model_input'],
      created: this.#created,
      replicas: this.#replicas?.counts ?? { ready: 0, retired: 0, total: 0 },
      queued: this.#queue?.depth ?? 0,
      running: this.#replicas?.running ?? 0,
    };
  }

  /** Passes the signal on to the running call, and frees its place when the thread is done. */
  #follow(running: RunningCall, gone: AbortSignal, observer: CallObserver, leave: () => void): void {
    const onAbort = (): void => {
      const error = gone.reason instanceof InferenceError ? gone.reason : cancelError('disconnect');
      running.cancel(reasonOf(error));
      observer.fail(error, false);
    };
    if (gone.aborted) onAbort();
    else gone.addEventListener('abort', onAbort, { once: true });
    void running.released.then(() => {
      gone.removeEventListener('abort', onAbort);
      leave();
    });
  }

  async #end(reason: CancelReason): Promise<boolean> {
    this.#queue?.close(cancelError(reason));
    const ended = (await this.#replicas?.close(nativeRunGraceMs)) ?? true;
    this.#row.remove();
    return ended;
  }

  #state(): ModelView['state'] {
    return this.#row.entry.state;
  }

  #described(description: ModelDescription): void {
    if (this.#state() !== 'loading') return;
    this.#schemas = description.schemas;
    this.#capabilities ??= description.capabilities;
    for (const method of description.methods) {
      const schema = description.schemas[method]?.input;
      if (schema !== undefined) this.#checks.set(method, inputCheck(schema));
    }
    this.#row.update({ methods: description.methods });
  }

  #fail(error: unknown): void {
    if (this.#state() === 'unloading') return; // its load was broken off on purpose
    const { config, logger } = this.#options;
    this.#reason = error instanceof Error ? error.message : String(error);
    logger.error('model failed', {
      model: config.model_name,
      reason: this.#reason,
      ...(error instanceof Error && error.cause !== undefined ? { stack: String(error.cause) } : {}),
    });
    this.#row.update({ state: 'failed' });
    this.#queue?.close(new InferenceError('model_failed', `the model ${config.model_name} failed`));
  }
}

function reasonOf(error: InferenceError): CancelReason {
  if (error.code === 'timeout') return 'deadline';
  if (error.code === 'shutting_down') return 'drain';
  return error.code === 'replica_lost' ? 'unload' : 'disconnect';
}
