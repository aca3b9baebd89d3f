// Hosts any pipeline of Transformers.js in a Model class: opened from local files, stopped with the call it runs for.

import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { PreTrainedModel, PreTrainedTokenizer, StoppingCriteria } from '@huggingface/transformers';
import type { GenerationEvent } from '../../src/contract/generation.ts';
import type { Cancellable, ModelContext } from '../../src/contract/model.ts';
import { stopWhenCancelled } from './stop-when-cancelled.ts';
import { TextStream } from './text-stream.ts';
import { currentCall, goOnline, loadTransformers, type TransformersLibrary } from './transformers-library.ts';

type Factory = TransformersLibrary['pipeline'];
/** A task of Transformers.js: `feature-extraction`, `text-classification`, `automatic-speech-recognition` and so on. */
export type PipelineTask = Parameters<Factory>[0];
type CallOf<T extends PipelineTask> = Extract<
  Awaited<ReturnType<typeof import('@huggingface/transformers').pipeline<T>>>,
  (...args: never[]) => unknown
>;
/** What the task's pipeline takes: its inputs, then its options. */
export type PipelineArguments<T extends PipelineTask> = Parameters<CallOf<T>>;
/** What it answers. */
export type PipelineResult<T extends PipelineTask> = Awaited<ReturnType<CallOf<T>>>;

type Dtype = NonNullable<NonNullable<Parameters<Factory>[2]>['dtype']>;

export interface PipelineOptions {
  /** Folder of the model, absolute or from `data/`. Default: `data/` itself. With `allowRemote`: its name on the host, and so in `data/`. */
  readonly model?: string;
  /** Folder of the graphs in the model's. Default `onnx` where there is one, else the model's own. */
  readonly subfolder?: string;
  /** File of the graph, of a task that has one: `decoder.onnx`. Default: the library's name for it, which `dtype` completes. */
  readonly graph?: string;
  /** Precision, of which the library makes the graph's name: `q8` means `model_quantized.onnx`. Default `fp32`, `model.onnx`. */
  readonly dtype?: Dtype;
  /** Download what is missing into `data/`, and what inputs name by URL. Holds for all pipelines of the thread. Default false. */
  readonly allowRemote?: boolean;
  /** Where downloads come from. Default `https://huggingface.co/`. */
  readonly remoteHost?: string;
}

/** What every pipeline of the library has, whatever its task. */
interface HostedPipeline {
  (...args: readonly unknown[]): Promise<unknown>;
  readonly task: string;
  readonly model: PreTrainedModel;
  readonly tokenizer?: PreTrainedTokenizer | null;
  dispose(): Promise<unknown>;
}

// Tasks that generate token by token, and how many inputs come before their options.
const inputsOfGenerators: Readonly<Record<string, number>> = {
  'automatic-speech-recognition': 1,
  'document-question-answering': 2,
  'image-to-text': 1,
  summarization: 1,
  'text-generation': 1,
  'text2text-generation': 1,
  translation: 1,
};

/**
 * One pipeline. Calls may overlap: they take turns run by run, as the thread has one native run at a time.
 * Owns: its sessions, freed by `close`.
 * @example
 * this.#pipeline = await Pipeline.open(this.#context, 'text-classification');
 * return await this.#pipeline.run(request, body.text, { top_k: 3 });
 */
export class Pipeline<T extends PipelineTask = PipelineTask> {
  readonly #library: TransformersLibrary;
  readonly #hosted: HostedPipeline;
  readonly #running = new Set<Promise<unknown>>();
  #closed: Promise<void> | undefined;

  private constructor(library: TransformersLibrary, hosted: HostedPipeline) {
    this.#library = library;
    this.#hosted = hosted;
  }

  /** Loads Transformers.js and the model. Throws: Error naming the file that is missing or cannot be used. */
  static async open<T extends PipelineTask>(
    context: Pick<ModelContext, 'dataDir' | 'threads' | 'native'>,
    task: T,
    options: PipelineOptions = {},
  ): Promise<Pipeline<T>> {
    const library = await loadTransformers(context);
    const remote = options.allowRemote ?? false;
    if (remote) goOnline(library, context.dataDir, options.remoteHost);
    const folder = resolve(context.dataDir, options.model ?? '.');
    try {
      // By name the library looks into `data/` first and downloads the rest; by path it never downloads.
      const hosted = await library.pipeline(task, remote && options.model !== undefined ? options.model : folder, {
        // The library knows the devices of its own runtime only; ours is told to use the CPU in any case.
        device: 'auto',
        dtype: options.dtype ?? 'fp32',
        subfolder: options.subfolder ?? ((await isFolder(join(folder, 'onnx'))) || remote ? 'onnx' : ''),
        local_files_only: !remote,
        // `dtype` only completes the name, and fp32 adds nothing to it.
        ...(options.graph === undefined ? {} : { model_file_name: options.graph.replace(/\.onnx$/, ''), dtype: 'fp32' }),
      });
      // The union over all tasks cannot be called; PipelineArguments and PipelineResult keep what it says.
      return new Pipeline<T>(library, hosted as unknown as HostedPipeline);
    } catch (error) {
      throw new Error(`expected a model for ${task} in ${folder}: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
  }

  /**
   * Runs the pipeline with its own arguments. A cancelled call ends before the next run of a graph; a generation after its token.
   * Throws: the cancellation's own error; whatever the pipeline throws.
   */
  async run(call: Cancellable, ...args: PipelineArguments<T>): Promise<PipelineResult<T>> {
    // The library's types tie arguments to results; here they are only passed on.
    return (await this.#run(call, args)) as PipelineResult<T>;
  }

  /**
   * Generates text and yields it as it comes, for one text or one conversation. No slow reader holds it up: what waits is bounded by
   * `max_new_tokens`. Throws: the cancellation's own error after the token in which it came; whatever the pipeline throws.
   */
  async *stream(
    this: Pipeline<'text-generation'>,
    call: Cancellable,
    input: PipelineArguments<'text-generation'>[0],
    options: PipelineArguments<'text-generation'>[1] = {},
  ): AsyncGenerator<GenerationEvent, void, undefined> {
    const { task, tokenizer, model } = this.#hosted;
    if (task !== 'text-generation' || !tokenizer) throw new Error(`expected a text-generation pipeline to stream from, got ${task}`);
    const stream = new TextStream(call);
    const streamer = stream.streamer(this.#library, tokenizer, model);
    const done = this.#run(stream, [input, { ...options, streamer }]).then(
      () => stream.end(),
      (error: unknown) => stream.fail(error),
    );
    try {
      yield* stream.events();
    } finally {
      // A reader that leaves stops the generation, which then has one run to finish.
      stream.leave();
      await done;
    }
  }

  /** Tokens of the text, special ones included, cut where the model's own limit is. Throws: Error for a task without a tokenizer. */
  countTokens(text: string): number {
    const { task, tokenizer } = this.#hosted;
    if (!tokenizer) throw new Error(`expected a task with a tokenizer, got ${task}`);
    const { input_ids: ids }: { input_ids: readonly unknown[] } = tokenizer(text, { truncation: true, return_tensor: false });
    return ids.length;
  }

  /** Idempotent. Waits for calls in flight. */
  close(): Promise<void> {
    this.#closed ??= Promise.allSettled(this.#running)
      .then(() => this.#hosted.dispose())
      .then(() => undefined);
    return this.#closed;
  }

  async #run(call: Cancellable, args: readonly unknown[]): Promise<unknown> {
    if (this.#closed !== undefined) throw new Error('the pipeline is closed');
    call.throwIfCancelled();
    const running = currentCall.run(call, () => this.#hosted(...this.#withCriterion(call, args)));
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
      // Also where the library wrapped the error, or took an early end for a whole answer.
      call.throwIfCancelled();
    }
  }

  #withCriterion(call: Cancellable, args: readonly unknown[]): readonly unknown[] {
    const inputs = inputsOfGenerators[this.#hosted.task.split('_', 1)[0] ?? ''];
    if (inputs === undefined) return args;
    const options = (args[inputs] ?? {}) as { readonly stopping_criteria?: Iterable<StoppingCriteria> | StoppingCriteria }; // by its types
    const own = options.stopping_criteria ?? [];
    const criteria = [stopWhenCancelled(this.#library, call), ...(Symbol.iterator in own ? own : [own])];
    return [...args.slice(0, inputs), { ...options, stopping_criteria: criteria }];
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
