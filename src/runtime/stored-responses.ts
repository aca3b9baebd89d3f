// Responses by their id, those that still run in the background among them: what the routes below /v1/responses ask.

import type { Clock } from '../core/clock.ts';
import { InferenceError } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import { roundedMs } from '../core/rounded-ms.ts';
import type { RunningCall } from '../contract/executor.ts';
import type { Logger } from '../contract/model.ts';
import { jsonHead } from '../dialects/json-reply.ts';
import { responseObject } from '../dialects/openai/response-object.ts';
import { utf8 } from '../dialects/sse.ts';
import { BackgroundCall, type OverFacts } from './background-call.ts';
import { beginningOf } from './background-object.ts';
import { BackgroundResponse, type BackgroundResponseOptions } from './background-response.ts';
import { type EventLog, weightOfEvents } from './event-log.ts';
import { followLog } from './follow-log.ts';
import type { PreparedResponse } from './kept-response.ts';
import type { Hold, ResponseStore, StoredResponse } from './response-store.ts';
import type { Submission } from './submission.ts';

export interface StoredResponsesOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly store: ResponseStore;
}

/** A call that runs without its client. */
export interface BackgroundStart {
  /** As the client asked: its observer hears the answer, its signal stops nothing but that. */
  readonly asked: Submission;
  /** As the model gets it. */
  readonly prepared: PreparedResponse;
  /** The served model. */
  readonly model: string;
  readonly admit: (submission: Submission) => Promise<RunningCall>;
}

type OwnOptions = Omit<BackgroundResponseOptions, 'store' | 'requestId' | 'onAccepted' | 'onSettled'>;

// What a failed response has more than the queued one it is made of: a code and a message of ours.
const marginBytes = 1_024;

/** The owner is as in the store. */
export class StoredResponses {
  readonly #options: StoredResponsesOptions;
  /** By id, which is the server's own. */
  readonly #running = new Map<string, BackgroundCall>();

  constructor(options: StoredResponsesOptions) {
    this.#options = options;
  }

  /** Throws: response_not_found. */
  get(owner: string, id: string): StoredResponse {
    const stored = this.#runningOf(owner, id)?.response.view() ?? this.#options.store.get(owner, id);
    if (stored === undefined) throw new InferenceError('response_not_found', 'expected the id of a stored response, got an unknown one');
    return stored;
  }

  /** Stops it first where it runs. Throws: response_not_found. */
  delete(owner: string, id: string): void {
    this.get(owner, id);
    this.#runningOf(owner, id)?.cancel();
    this.#options.store.delete(owner, id);
  }

  /**
   * Stops a background response; one that is finished stays as it is. Returns it.
   * Throws: response_not_found; invalid_value for one that is no background response.
   */
  cancel(owner: string, id: string): StoredResponse {
    if (this.get(owner, id).background === undefined)
      throw new InferenceError('invalid_value', 'expected a response that runs in the background, got one that does not', { param: 'id' });
    this.#runningOf(owner, id)?.cancel();
    return this.get(owner, id);
  }

  /** Throws: response_not_found; unsupported_value for one without events to replay. */
  events(owner: string, id: string): EventLog {
    const { background } = this.get(owner, id);
    if (background?.log !== undefined) return background.log;
    const why =
      background?.isStreamed === true
        ? 'this response had more events than the store can hold'
        : 'only a response that was created with background and stream has events to replay';
    throw new InferenceError('unsupported_value', `expected stream to be false or absent, since ${why}`, { param: 'stream' });
  }

  /**
   * Resolves when the call is accepted, with the answer of the client under way: the queued response, or the stream of its events.
   * Throws: whatever keeps the call from being accepted; rate_limit_exceeded where those that run leave no room in the store;
   * invalid_value where it could not hold this one alone.
   */
  async start({ asked, prepared, model, admit }: BackgroundStart): Promise<RunningCall> {
    const { submission, owner, input = new Uint8Array() } = prepared;
    const body = asked.body as Readonly<Record<string, unknown>>; // an object, by the check of the route
    const id = newId('resp');
    const created = Math.floor(Date.now() / 1000);
    const queued = { id, ...responseObject({ id, status: 'queued', output: [], usage: undefined }, { body, model, created }) };
    // Memory of its own, since it goes to a program that may transfer it.
    const answer = utf8(JSON.stringify(queued));
    const beginning = body['stream'] === true ? beginningOf(queued) : undefined;
    const firstEvents = beginning === undefined ? [] : [...beginning.queued, beginning.inProgress];
    const hold = this.#room(owner, id, input.byteLength + answer.byteLength + marginBytes + weightOfEvents(firstEvents));
    const { facts, observer, signal } = asked;
    const call = this.#newCall({ owner, queued, input, beginning, hold }, facts, model);
    const { log } = call.response;
    const running = admit({ ...submission, signal: call.signal, observer: call }).then(
      (started) => call.attach(started),
      (error: unknown) => {
        if (!call.endUnrun(error)) throw error;
      },
    );
    await Promise.race([call.accepted, running]);
    if (log !== undefined) return followLog(log, observer, { from: 0, signal, requestId: facts.id });
    observer.head(jsonHead);
    observer.chunk(answer, 0);
    observer.end(undefined);
    return answered;
  }

  /** Throws: rate_limit_exceeded, invalid_value. */
  #room(owner: string, id: string, bytes: number): Hold {
    const { store } = this.#options;
    if (!store.couldHold(bytes)) {
      const message = 'expected background to be false or absent, since the store cannot hold a response to this request';
      throw new InferenceError('invalid_value', message, { param: 'background' });
    }
    const hold = store.hold(owner, id, bytes);
    if (hold !== undefined) return hold;
    const message = 'expected room in the store of responses, got none: it is full of those that run in the background';
    throw new InferenceError('rate_limit_exceeded', message, { retryAfterMs: 1_000 });
  }

  /** Apart from `start`, so that what lives as long as the call holds on to nothing of its client. */
  #newCall(own: OwnOptions, { id: requestId, apiKeyName, deadlineMs }: Submission['facts'], model: string): BackgroundCall {
    const { clock, store } = this.#options;
    const { id } = own.queued;
    const response = new BackgroundResponse({
      ...own,
      store,
      requestId,
      onAccepted: () => void this.#running.set(id, call),
      onSettled: () => void this.#running.delete(id),
    });
    const onOver = (over: OverFacts): void =>
      this.#logOver({ id: requestId, response: id, model, apiKeyName: apiKeyName ?? undefined }, over);
    const call = new BackgroundCall({ clock, deadlineMs, response, onOver });
    return call;
  }

  #runningOf(owner: string, id: string): BackgroundCall | undefined {
    const call = this.#running.get(id);
    return call?.response.owner === owner ? call : undefined;
  }

  /** The request's own line came when its client was answered. */
  #logOver(ids: Readonly<Record<string, unknown>>, { state, failure, queueMs, totalMs, usage }: OverFacts): void {
    const { logger } = this.#options;
    if (failure?.stack !== undefined) logger.error('request failed', { id: ids['id'], ...failure });
    logger.info('background response', {
      ...ids,
      state,
      code: failure?.code,
      queueMs: roundedMs(queueMs),
      totalMs: roundedMs(totalMs),
      promptTokens: usage?.promptTokens,
      completionTokens: usage?.completionTokens,
    });
  }
}

/** Of a client that has all of its answer. */
const answered: RunningCall = { cancel() {}, credit() {}, released: Promise.resolve() };
