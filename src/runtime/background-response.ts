// What becomes of one background response: its state, its object and events, and the room they have in the store.

import { type ErrorRecord, InferenceError, toRecord } from '../core/errors.ts';
import type { Json } from '../dialects/adapters/record-of.ts';
import { errorFrame } from '../dialects/error-body.ts';
import { utf8 } from '../dialects/sse.ts';
import {
  type Beginning,
  type Failure,
  failedObject,
  failureOf,
  numbered,
  ownedEvent,
  ownedObject,
  type QueuedObject,
  toldFailure,
} from './background-object.ts';
import { EventLog, weightOfEvents } from './event-log.ts';
import type { FinalStatus } from './final-status.ts';
import type { PendingRoom } from './reply-events.ts';
import type { Hold, ResponseStore, StoredResponse } from './response-store.ts';

export interface BackgroundResponseOptions {
  readonly store: ResponseStore;
  readonly owner: string;
  /** Of the request that asked for it. */
  readonly requestId: string;
  /** The object while it is queued; later ones are made of it. */
  readonly queued: QueuedObject;
  /** The list of its input items, as JSON. */
  readonly input: Uint8Array;
  /** Undefined: no events were asked for. */
  readonly beginning: Beginning | undefined;
  /** Has room for the queued object, for the failed one in its place, for the input and the beginning. */
  readonly hold: Hold;
  readonly onAccepted: () => void;
  /** Nothing changes it any more, and the store has it. Before its readers hear of the end. */
  readonly onSettled: () => void;
}

export type ResponseState = 'offered' | 'refused' | 'queued' | 'in_progress' | 'settling' | FinalStatus;

// Where each state leads; what is not here does not happen. `settling`: the end is known and on its way into the store, so that
// nothing that hears of it meanwhile can bring another.
const leadsTo: Readonly<Record<ResponseState, readonly ResponseState[]>> = {
  offered: ['queued', 'refused'],
  refused: [],
  queued: ['in_progress', 'settling'],
  in_progress: ['settling'],
  settling: ['completed', 'incomplete', 'failed', 'cancelled'],
  completed: [],
  incomplete: [],
  failed: [],
  cancelled: [],
};

/** An end, written out before anything is changed for it. */
interface Ending {
  readonly status: FinalStatus;
  readonly response: Uint8Array;
  readonly frames: readonly Uint8Array[];
  readonly failure?: Failure;
}

/** Owns: its hold, until it is refused or settled. It is settled once, and what comes later changes nothing. */
export class BackgroundResponse implements PendingRoom {
  readonly #options: BackgroundResponseOptions;
  #state: ResponseState = 'offered';
  /** Undefined: no events were asked for, or they found no room. */
  #log: EventLog | undefined;
  #failure: Failure | undefined;

  constructor(options: BackgroundResponseOptions) {
    this.#options = options;
    this.#log = options.beginning === undefined ? undefined : new EventLog();
  }

  get owner(): string {
    return this.#options.owner;
  }

  get state(): ResponseState {
    return this.#state;
  }

  /** Whether it still waits for its end. */
  get isRunning(): boolean {
    return this.#state === 'queued' || this.#state === 'in_progress';
  }

  get log(): EventLog | undefined {
    return this.#log;
  }

  get failure(): Failure | undefined {
    return this.#failure;
  }

  /** While it runs; what is settled the store has. */
  view(): StoredResponse {
    const { queued, input } = this.#options;
    const status = this.#state === 'queued' ? 'queued' : 'in_progress';
    return { id: queued.id, response: utf8(JSON.stringify({ ...queued, status })), input, background: this.#background(this.#log) };
  }

  /** The call was refused. False: too late, somebody may have heard of the response. */
  refuse(): boolean {
    if (!this.#move('refused')) return false;
    this.#options.hold.release();
    return true;
  }

  accept(): void {
    if (!this.#move('queued')) return;
    const { beginning, hold, onAccepted } = this.#options;
    hold.claim();
    this.#log?.append(...(beginning?.queued ?? []));
    onAccepted();
  }

  begin(): void {
    const { beginning } = this.#options;
    if (this.#move('in_progress') && beginning !== undefined) this.#log?.append(beginning.inProgress);
  }

  /** An event of the model. Where it has no room the response goes on without: its readers are told, and later ones refused. */
  tell(event: Json): void {
    const log = this.#log;
    if (log === undefined || !this.isRunning) return;
    const frame = numbered(ownedEvent(event), log.length);
    if (this.#options.hold.grow(weightOfEvents([frame]))) log.append(frame);
    else this.#giveUpEvents(log);
  }

  /** Room for what of the answer is not read yet. The events leave for it, since the response is of use without them. */
  grow(bytes: number): boolean {
    const { hold } = this.#options;
    if (hold.grow(bytes)) return true;
    if (this.#log === undefined) return false;
    this.#giveUpEvents(this.#log);
    return hold.grow(bytes);
  }

  shrink(bytes: number): void {
    this.#options.hold.shrink(bytes);
  }

  /** By the last event of the model. */
  end(status: FinalStatus, told: Json, event: Json): void {
    if (!this.isRunning) return;
    const response = ownedObject(this.#options.queued, told, status);
    const failure = status === 'failed' ? { failure: toldFailure(told) } : {};
    this.#settle({ status, ...this.#written(response, { ...event, response }), ...failure });
  }

  cancel(): void {
    if (!this.isRunning) return;
    const response = { ...this.#options.queued, status: 'cancelled' };
    this.#settle({ status: 'cancelled', ...this.#written(response, { type: 'response.cancelled', response }) });
  }

  fail(thrown: unknown): void {
    if (this.isRunning) this.#settle(this.#failed(toRecord(thrown)));
  }

  #move(to: ResponseState): boolean {
    if (!leadsTo[this.#state].includes(to)) return false;
    this.#state = to;
    return true;
  }

  #settle(ending: Ending): void {
    if (!this.#move('settling')) return;
    const { hold, onSettled } = this.#options;
    const log = this.#log;
    let kept: Ending;
    try {
      // In one turn with what follows, so that nobody takes the room in between.
      hold.release();
      kept = this.#keep(ending) ? ending : this.#keepFull();
      this.#failure = kept.failure;
      this.#move(kept.status);
    } finally {
      // Whatever happens: one that stays among those that run could never be removed.
      onSettled();
    }
    // After it is kept, so that nobody hears of an end that is then another.
    if (this.#log === undefined) log?.drop(lostEvents());
    else this.#log.end(kept.status === 'failed' ? 'failed' : 'whole', ...kept.frames);
  }

  /** What the queued response weighed was held, and this one weighs no more than that and the margin. */
  #keepFull(): Ending {
    const full = this.#failed(
      toRecord(new InferenceError('store_full', 'expected a response that the store has room for, got a larger one')),
    );
    this.#keep(full);
    return full;
  }

  /** With its events, else without. */
  #keep({ response, frames }: Ending): boolean {
    const { input, owner, queued, store } = this.#options;
    const keep = (log: EventLog | undefined): boolean => {
      const stored = { id: queued.id, response, input, background: this.#background(log) };
      return store.keep(owner, stored, log === undefined ? 0 : weightOfEvents(frames));
    };
    if (keep(this.#log)) return true;
    if (this.#log === undefined || !keep(undefined)) return false;
    this.#log = undefined;
    return true;
  }

  #background(log: EventLog | undefined): NonNullable<StoredResponse['background']> {
    return { isStreamed: this.#options.beginning !== undefined, log };
  }

  #giveUpEvents(log: EventLog): void {
    this.#log = undefined;
    this.#options.hold.shrink(log.bytes);
    log.drop(lostEvents());
  }

  #failed(record: ErrorRecord): Ending {
    const { queued, requestId } = this.#options;
    const response = failedObject(queued, record);
    const number = this.#log?.length ?? 0;
    const { stack: _, ...shown } = record;
    const error = errorFrame('responses', shown, requestId, number);
    const { frames, ...written } = this.#written(response, { type: 'response.failed', response }, number + 1);
    return { status: 'failed', ...written, frames: [error, ...frames], failure: failureOf(record) };
  }

  #written(response: Json, event: Json, number = this.#log?.length ?? 0): Pick<Ending, 'response' | 'frames'> {
    return { response: utf8(JSON.stringify(response)), frames: this.#log === undefined ? [] : [numbered(event, number)] };
  }
}

function lostEvents(): InferenceError {
  return new InferenceError('store_full', 'expected events that the store has room for, got more; the response is fetched by its id');
}
