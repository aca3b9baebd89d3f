// Loads Transformers.js, once per thread and only when a pipeline is opened: offline, silent, on a runtime that the gauge watches.

import { AsyncLocalStorage } from 'node:async_hooks';
import type { Cancellable, ModelContext } from '../../src/contract/model.ts';
import { gaugedRuntime } from '../onnx/gauged-runtime.ts';

export type TransformersLibrary = typeof import('@huggingface/transformers');

/** The call on whose behalf the library runs: it passes through code of the library that knows no calls. */
export const currentCall = new AsyncLocalStorage<Cancellable>();

// Where the library looks for a runtime, once, when it is imported.
const runtimeKey = Symbol.for('onnxruntime');

/**
 * The library. The first call of a thread decides the gauge and the threads of all sessions, since the library keeps its runtime.
 * Throws: Error when the thread has imported the library before, and so without the gauge.
 */
export async function loadTransformers(context: Pick<ModelContext, 'threads' | 'native'>): Promise<TransformersLibrary> {
  if (!(runtimeKey in globalThis)) {
    const runtime = gaugedRuntime({
      gauge: context.native,
      intraOpThreads: context.threads,
      beforeRun: () => currentCall.getStore()?.throwIfCancelled(),
    });
    Object.defineProperty(globalThis, runtimeKey, { value: runtime });
  }
  const library = await import('@huggingface/transformers');
  // The library fills this only for the runtime it finds itself; ours brings no settings.
  if ('setLogLevel' in library.env.backends.onnx) {
    throw new Error('expected Pipeline.open to load @huggingface/transformers; import it afterwards, inside load()');
  }
  // Its own settings tell whether a pipeline of this thread has made them; one may have gone online since.
  if (library.env.logLevel !== library.LogLevel.NONE) goOffline(library);
  return library;
}

/** Lets the library download: files of models into `dataDir`, and what inputs name by URL. For the whole thread. */
export function goOnline({ env }: TransformersLibrary, dataDir: string, host: string | undefined): void {
  env.allowRemoteModels = true;
  env.fetch = (input, init) => fetch(input, init);
  if (host !== undefined) env.remoteHost = host;
  // One place for both, so that what was downloaded once is found without a network later.
  env.localModelPath = dataDir;
  env.cacheDir = dataDir;
}

function goOffline({ env, LogLevel }: TransformersLibrary): void {
  env.allowRemoteModels = false;
  env.fetch = async () => {
    throw new Error('expected no download: a pipeline is offline unless it is opened with allowRemote');
  };
  // It prints the inputs of a failed run: text of users has no place in a log.
  env.logLevel = LogLevel.NONE;
}
