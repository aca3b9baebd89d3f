// What a response builds upon: its input with all that came before it, each item with an id.

import { InferenceError } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import { checkOutputs } from '../dialects/tool-results.ts';
import { isUsable } from './final-status.ts';
import type { ResponseStore, StoredResponse } from './response-store.ts';

type Json = Readonly<Record<string, unknown>>;

export interface ResponseContext {
  readonly items: readonly Json[];
  /** Whether they are others than those of the body. */
  readonly isExpanded: boolean;
}

/**
 * The previous input, the previous output, and the input of the body; references resolved within them.
 * Throws: previous_response_not_found; invalid_value for a previous response without an end, for a reference to nothing, or for the
 * output of a call that is nowhere before it.
 */
export function responseContext(store: ResponseStore | undefined, owner: string, body: Json): ResponseContext {
  const previousId = body['previous_response_id'];
  const before = typeof previousId === 'string' ? chainOf(store, owner, previousId) : [];
  const known = firstById(before);
  const given = givenItems(body['input']);
  const items = given.map((item, index) => {
    if (item['type'] !== 'item_reference') return item;
    const param = `input[${index}]`;
    const { id } = item;
    // Items may lack one as well, and would be taken for what is meant.
    if (id === undefined)
      throw new InferenceError('missing_required_parameter', `expected ${param}.id, got nothing`, { param: `${param}.id` });
    const found = known.get(id);
    if (found !== undefined) return found;
    // All that is stored is not searched: it is kept as JSON, and a chain has what it refers to.
    const came = previousId === undefined ? 'no previous_response_id' : 'another id';
    throw new InferenceError('invalid_value', `expected ${param} to refer to an item of the previous response, got ${came}`, { param });
  });
  // References are to items of the chain, whose calls are all before the input.
  if (typeof previousId === 'string') checkOutputs(given, before);
  // A reference to what the chain has already says nothing new.
  const chain = new Set(before);
  const added = items.filter((item) => !chain.has(item));
  return { items: [...before, ...added].map(withId), isExpanded: before.length > 0 || items.some((item, index) => item !== given[index]) };
}

function firstById(items: readonly Json[]): ReadonlyMap<unknown, Json> {
  const found = new Map<unknown, Json>();
  for (const item of items) if (!found.has(item['id'])) found.set(item['id'], item);
  return found;
}

/** Of a kept response. */
export function inputItems(stored: StoredResponse): readonly Json[] {
  return JSON.parse(decoder.decode(stored.input)) as readonly Json[]; // as it was written here
}

const decoder = new TextDecoder();

function chainOf(store: ResponseStore | undefined, owner: string, id: string): readonly Json[] {
  if (store?.isHeld(owner, id) === true) throw unfinished('queued or in progress');
  const stored = store?.get(owner, id);
  if (stored === undefined) {
    throw new InferenceError(
      'previous_response_not_found',
      'expected previous_response_id to name a stored response, got one that is unknown, deleted or expired',
      { param: 'previous_response_id' },
    );
  }
  const { status, output } = JSON.parse(decoder.decode(stored.response)) as StoredFacts; // checked before it was kept
  if (!isUsable(status)) throw unfinished(status);
  return [...inputItems(stored), ...output];
}

interface StoredFacts {
  readonly status: string;
  readonly output: readonly Json[];
}

function unfinished(status: string): InferenceError {
  return new InferenceError('invalid_value', `expected previous_response_id to name a finished response, got one that is ${status}`, {
    param: 'previous_response_id',
  });
}

function givenItems(input: unknown): readonly Json[] {
  if (typeof input === 'string') {
    return [{ type: 'message', role: 'user', status: 'completed', content: [{ type: 'input_text', text: input }] }];
  }
  return Array.isArray(input) ? input : []; // objects, by the schema of the route
}

const prefixes = new Map<unknown, string>([
  ['function_call', 'fc'],
  ['function_call_output', 'fco'],
  ['reasoning', 'rs'],
]);

/** As the API lists it: clients leave out the type of messages. */
function withId(item: Json): Json {
  const type = item['type'] ?? 'message';
  return { id: newId(prefixes.get(type) ?? 'msg'), ...item, type };
}
