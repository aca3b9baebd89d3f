// What every route gives: the body of a request of it, and a reader of the answer.

import type { AnswerReader } from '../prepared-request.ts';
import type { Workload } from '../scenario-schema.ts';
import type { Prompt } from './prompt.ts';

/** What one request asks, whatever its route. */
export interface Ask {
  /** Several alone where the route embeds. */
  readonly prompts: readonly Prompt[];
  readonly maxTokens?: number;
  /** Whether every number of the answer is looked at, which costs time. */
  readonly isThorough: boolean;
}

/** What an answer held, for the check before a run. */
export interface Found {
  readonly text?: string;
  readonly finish?: string;
  readonly vectors?: readonly (readonly number[] | Float32Array)[];
}

/** A reader that can also tell what it read. */
export interface InspectedReader extends AnswerReader {
  /** After `end`. Only what was kept. */
  found(): Found;
}

export interface FormedRequest {
  readonly body: string;
  readonly items: number;
  /** `keeps`: what was read can be asked for. */
  readonly answer: (keeps: boolean) => InspectedReader;
}

export interface RouteForm {
  readonly path: string;
  /** Beside the content type. */
  readonly headers: (workload: Workload) => Readonly<Record<string, string>>;
  /** Called once a workload, so what requests have in common is made there. */
  readonly former: (workload: Workload) => (ask: Ask) => FormedRequest;
}

export const noHeaders = (): Readonly<Record<string, string>> => ({});
