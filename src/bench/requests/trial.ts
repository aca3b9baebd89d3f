// Requests sent one by one before a run, and what was found wrong with their answers.

import type { PreparedRequest } from '../prepared-request.ts';
import type { AnswerHeaders } from './answer-head.ts';
import type { Found } from './route-form.ts';
import type { InspectableRequest } from './workload-requests.ts';

/** An answer as it came. */
export interface WholeAnswer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly body: Buffer;
}

/** Sends one request and gathers its answer. A rejection is an answer that did not come. */
export type SendOnce = (request: PreparedRequest) => Promise<WholeAnswer>;

/** What was found, and how the server counted. */
export interface TriedAnswer extends Found {
  readonly tokensIn?: number;
  readonly tokensOut?: number;
}

export class Trial {
  readonly #send: SendOnce;
  readonly #problems: string[] = [];
  #requests = 0;
  #leastCosine: number | undefined;

  constructor(send: SendOnce) {
    this.#send = send;
  }

  get requests(): number {
    return this.#requests;
  }

  /** Each names the workload and what is wrong, never a text. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  get leastCosine(): number | undefined {
    return this.#leastCosine;
  }

  /** Undefined where the answer is wrong in itself, which is a problem then. `what` says which request it was. */
  async ask(request: InspectableRequest, what: string): Promise<TriedAnswer | undefined> {
    this.#requests += 1;
    let answer: WholeAnswer;
    try {
      answer = await this.#send(request);
    } catch (error) {
      this.problem(request.workload, `${what}: no answer (${codeOf(error)})`);
      return undefined;
    }
    if (answer.status < 200 || answer.status > 299) {
      this.problem(request.workload, `${what}: status ${answer.status}`);
      return undefined;
    }
    const reader = request.inspect();
    reader.head(answer.headers);
    reader.data(answer.body);
    const { outcome, reason, tokensIn, tokensOut } = reader.end();
    if (outcome !== 'ok') {
      this.problem(request.workload, `${what}: ${outcome}, ${reason ?? 'for no known reason'}`);
      return undefined;
    }
    return {
      ...reader.found(),
      ...(tokensIn === undefined ? {} : { tokensIn }),
      ...(tokensOut === undefined ? {} : { tokensOut }),
    };
  }

  problem(workload: string, what: string): void {
    this.#problems.push(`${workload}: ${what}`);
  }

  /** Of a vector and the one of a reference. */
  likeness(cosine: number): void {
    this.#leastCosine = Math.min(this.#leastCosine ?? cosine, cosine);
  }
}

/** The message of an error may hold anything; its code does not. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no error that is known';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
