// The live table: which models exist, their state, and which of them has which method. Routes are read from it.

import { cancelError } from '../core/cancellation.ts';
import { InferenceError } from '../core/errors.ts';
import { quotedWord } from '../core/quoted-word.ts';
import type { MethodName } from '../contract/methods.ts';

export type ModelState = 'loading' | 'ready' | 'failed' | 'unloading';

/** A model's row. Methods are known from its construction on. */
export interface ModelEntry {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly state: ModelState;
  readonly methods: readonly MethodName[];
}

/** Changes to a model's row. It is of that model alone: a later one of the same name has a row of its own. */
export interface LiveRow {
  /** As it is now; as it was last once it is removed. */
  readonly entry: ModelEntry;
  /** Throws: RangeError on a transition that the states do not allow. */
  update(change: Partial<Pick<ModelEntry, 'state' | 'methods'>>): void;
  /** Idempotent. */
  remove(): void;
}

const transitions: Readonly<Record<ModelState, readonly ModelState[]>> = {
  loading: ['ready', 'failed', 'unloading'],
  ready: ['failed', 'unloading'],
  failed: ['unloading'],
  unloading: [],
};

/** Of the models that an error lists. */
const mostListed = 10;

/** As long as the longest name that a model may have, so that one is never cut. */
const longestName = 128;

export class LiveTable {
  readonly #rows = new Map<string, LiveRow>();
  readonly #byMethod = new Map<MethodName, readonly ModelEntry[]>();

  add(first: ModelEntry): LiveRow {
    let entry = first;
    const row: LiveRow = {
      get entry() {
        return entry;
      },
      update: (change) => {
        if (change.state !== undefined && change.state !== entry.state && !transitions[entry.state].includes(change.state)) {
          throw new RangeError(`a model cannot go from ${entry.state} to ${change.state}`);
        }
        entry = { ...entry, ...change };
        this.#rebuild();
      },
      remove: () => {
        if (this.#rows.get(first.name) !== row) return;
        this.#rows.delete(first.name);
        this.#rebuild();
      },
    };
    this.#rows.set(first.name, row);
    this.#rebuild();
    return row;
  }

  get(nameOrAlias: string): ModelEntry | undefined {
    const row = this.#rows.get(nameOrAlias) ?? [...this.#rows.values()].find(({ entry }) => entry.aliases.includes(nameOrAlias));
    return row?.entry;
  }

  has(method: MethodName): boolean {
    return this.#byMethod.has(method);
  }

  modelsWith(method: MethodName): readonly ModelEntry[] {
    return this.#byMethod.get(method) ?? [];
  }

  /**
   * The model that a call is for; it may not be ready yet, which `checkReady` tells once the body fits the model. Throws: unknown_url when
   * no model has the method, missing_required_parameter when several have and none is named, model_not_found; model_loading and model_failed
   * where it is not known whether the model has the method.
   */
  resolve(method: MethodName, nameOrAlias: string | undefined): ModelEntry {
    const candidates = this.modelsWith(method);
    const names = listed(candidates);
    const entry = nameOrAlias === undefined ? this.#only(method, candidates, names) : this.get(nameOrAlias);
    if (entry === undefined || entry.state === 'unloading') {
      const expected = names === '' ? `the name of a loaded model, of which none has the method ${method}` : `one of the models ${names}`;
      const came = quotedWord(nameOrAlias ?? '', longestName);
      throw new InferenceError('model_not_found', `expected ${expected}, got the unknown name ${came}`, { param: 'model' });
    }
    if (entry.methods.includes(method)) return entry;
    if (entry.state === 'failed' || entry.methods.length === 0) checkReady(entry);
    throw new InferenceError('model_not_found', `the model ${entry.name} has no ${method}; models that have it: ${names || 'none'}`, {
      param: 'model',
    });
  }

  #only(method: MethodName, candidates: readonly ModelEntry[], names: string): ModelEntry {
    const [first, ...others] = candidates;
    if (first === undefined) throw new InferenceError('unknown_url', `no loaded model has the method ${method}`);
    if (others.length === 0) return first;
    throw new InferenceError('missing_required_parameter', `model: expected one of ${names}, got nothing`, { param: 'model' });
  }

  #rebuild(): void {
    this.#byMethod.clear();
    for (const { entry } of this.#rows.values()) {
      if (entry.state === 'failed' || entry.state === 'unloading') continue;
      for (const method of entry.methods) this.#byMethod.set(method, [...this.modelsWith(method), entry]);
    }
  }
}

function listed(models: readonly ModelEntry[]): string {
  const names = models.slice(0, mostListed).map(({ name }) => name);
  if (models.length > mostListed) names.push(`and ${models.length - mostListed} more`);
  return names.join(', ');
}

/** Throws: model_loading, model_failed; replica_lost when the model is being unloaded. */
export function checkReady(entry: ModelEntry): void {
  switch (entry.state) {
    case 'ready':
      return;
    case 'loading':
      throw new InferenceError('model_loading', `the model ${entry.name} is still loading`, { retryAfterMs: 1_000 });
    case 'failed':
      throw new InferenceError('model_failed', `the model ${entry.name} failed to load`);
    case 'unloading':
      throw cancelError('unload');
  }
}
