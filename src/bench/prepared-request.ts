// What goes between the rooms of requests and load: a request that is ready to be sent, and the reader of its answer.

import type { Route } from './scenario-schema.ts';

/** One request, complete but for the address of the server. */
export interface PreparedRequest {
  readonly workload: string;
  readonly route: Route;
  readonly model?: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly items: number;
  /** A reader of its own for the answer. */
  readonly answer: () => AnswerReader;
}

/** Makes the request with that place in a step; the same place gives the same request on every thread. */
export type RequestSource = (index: number) => PreparedRequest;

/** Reads one answer as its bytes arrive. Never throws: what is wrong is told by `end`. */
export interface AnswerReader {
  /** Gets the headers of a 2xx answer. Returns nothing; an unexpected content type is a wrong answer, told at the end. */
  head(headers: Readonly<Record<string, string | readonly string[] | undefined>>): void;
  /** Returns how many pieces of output these bytes completed: tokens of a stream as the server grouped them. 0 where nothing streams. */
  data(chunk: Buffer): number;
  /** The whole answer has arrived, or what there is of it. */
  end(): AnswerVerdict;
}

export interface AnswerVerdict {
  readonly outcome: 'ok' | 'wrong_answer' | 'truncated';
  readonly reason?: string;
  readonly tokensIn?: number;
  readonly tokensOut?: number;
  readonly serverMs?: Readonly<Record<string, number>>;
}
