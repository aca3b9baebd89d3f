// The Model contract: what a user's class gets and what it may define. Methods are found by name, there is no base class.

import type { ModelConfig } from './config.ts';

export interface Logger {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/**
 * Counts native calls in flight on this thread, so that the thread is never ended inside one: that would abort the
 * whole process. The engines do it; a class that calls native code of its own may too.
 */
export interface NativeGauge {
  /** Throws: when the thread is about to be ended; no native call may start then. */
  enter(): void;
  leave(): void;
}

/** What the constructor gets. */
export interface ModelContext {
  readonly name: string;
  readonly config: ModelConfig;
  /** Absolute path of the model's `data/`. */
  readonly dataDir: string;
  /** Declared secrets by name. Not enumerable, so that logging the context shows none. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly environment: string;
  readonly device: 'cpu';
  /** Intra-op threads this replica should use. */
  readonly threads: number;
  readonly logger: Logger;
  readonly native: NativeGauge;
}

/** What a method gets beside the body. */
export interface ModelRequest {
  /** Aborts when the client leaves, the deadline passes or the server stops. For async code. */
  readonly signal: AbortSignal;
  /** True as soon as the call is cancelled, also inside a synchronous loop. */
  readonly cancelled: boolean;
  /** Throws: the cancellation's own error, when cancelled. */
  throwIfCancelled(): void;
  /** Lower-case names, without `authorization` and `x-api-key`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly method: string;
  readonly path: string;
  readonly id: string;
  /** Milliseconds left when the call started. */
  readonly deadlineMs: number;
  readonly priority: number;
  readonly apiKeyName: string | null;
}

/** The part of {@link ModelRequest} an engine needs to stop early. */
export type Cancellable = Pick<ModelRequest, 'signal' | 'cancelled' | 'throwIfCancelled'>;
