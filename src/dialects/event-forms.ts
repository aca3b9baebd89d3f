// Tells neutral generation events from everything else that a model may yield, and refuses what only looks like one.

import type { GenerationEvent } from '../contract/generation.ts';
import type { MethodName } from '../contract/methods.ts';
import { InferenceError } from '../core/errors.ts';
import { nearest } from '../core/nearest.ts';
import { describe } from './check.ts';

const eventTypes = ['text', 'toolCall', 'finish', 'usage'] as const;

/** Whether an item is of the neutral form rather than a finished chunk of a route. */
export function isGenerationEvent(item: unknown): item is GenerationEvent {
  if (typeof item !== 'object' || item === null || !('type' in item)) return false;
  if ('choice' in item && item.choice !== undefined && !isCount(item.choice)) return false;
  switch (item.type) {
    case 'text':
      return 'text' in item && typeof item.text === 'string' && (!('logprobs' in item) || areLogprobs(item.logprobs));
    case 'toolCall':
      return (
        'call' in item && isCount(item.call) && 'arguments' in item && typeof item.arguments === 'string' && isText(item, 'id', 'name')
      );
    case 'finish':
      return 'reason' in item && (item.reason === 'stop' || item.reason === 'length' || item.reason === 'toolCalls');
    case 'usage':
      return (
        'promptTokens' in item &&
        isCount(item.promptTokens) &&
        'completionTokens' in item &&
        isCount(item.completionTokens) &&
        (!('cachedTokens' in item) || item.cachedTokens === undefined || isCount(item.cachedTokens))
      );
    default:
      return false;
  }
}

/** Throws: InferenceError `invalid_result` at the first item that is no event. */
export async function* checkedEvents(method: MethodName, items: AsyncIterable<unknown>): AsyncGenerator<GenerationEvent, void, void> {
  for await (const item of items) {
    if (!isGenerationEvent(item)) {
      throw new InferenceError('invalid_result', `expected ${method} to yield ${expectedEvents}, got ${describeItem(item)}`);
    }
    yield item;
  }
}

/** As error messages and warnings name them. */
export const expectedEvents = 'text, toolCall, finish and usage events';

/** What is no event, in words that help its author: the type that was misspelt, never what else it holds. */
export function describeItem(item: unknown): string {
  if (typeof item === 'number') return 'number'; // a warning that is new with each value would be logged with each
  if (typeof item !== 'object' || item === null || !('type' in item) || typeof item.type !== 'string') return describe(item);
  const { type } = item;
  if (eventTypes.some((known) => known === type)) return `an object of type "${type}" whose other members do not fit`;
  // Measuring the distance of a long text takes its length; no misspelling is so long.
  const near = type.length > longestMisspelling ? undefined : nearest(type, eventTypes);
  return `an object of another type${near === undefined ? '' : `; did you mean "${near}"?`}`;
}

const longestMisspelling = 32;

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

function isText(item: object, ...keys: readonly string[]): boolean {
  return keys.every((key) => ['undefined', 'string'].includes(typeof Reflect.get(item, key)));
}

function areLogprobs(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.every(isTokenLogprob));
}

function isTokenLogprob(value: unknown): boolean {
  return isAlternative(value) && isCount(Reflect.get(value, 'offset')) && isListOf(Reflect.get(value, 'top'), isAlternative);
}

function isAlternative(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const { token, logprob, bytes } = value as Readonly<Record<string, unknown>>; // any object has members, whatever they are
  return typeof token === 'string' && (logprob === null || typeof logprob === 'number') && isListOf(bytes, isCount);
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}
