// Whether the text of a stream is one: well-formed events from its beginning to the terminal event of its route.

import type { MethodName } from '../../../src/contract/methods.ts';

interface Event {
  readonly name: string | undefined;
  readonly data: string;
}

/** Says what is wrong with the stream; undefined for nothing. */
export function streamProblem(method: MethodName, text: string): string | undefined {
  const events = eventsOf(text);
  if (events === undefined) return 'expected frames of an event line, a data line and an empty one';
  const done = events.at(-1)?.data === '[DONE]';
  const json = (done ? events.slice(0, -1) : events).map(({ name, data }) => ({ name, value: JSON.parse(data) }));
  if (method === 'responses' && isLateRefusal(json)) return undefined;
  if (json.some(({ name, value }) => name === 'error' || value.error !== undefined)) return 'expected no error within the stream';
  switch (method) {
    case 'chatCompletions':
    case 'completions':
      return done ? choicesProblem(json.map(({ value }) => value)) : 'expected [DONE] at the end';
    case 'responses':
      return done ? responseProblem(json) : 'expected [DONE] at the end';
    case 'messages':
      return done ? 'expected no [DONE]' : messageProblem(json);
    default:
      return done || json.length === 0 ? 'expected events without [DONE]' : undefined;
  }
}

function eventsOf(text: string): readonly Event[] | undefined {
  if (!text.endsWith('\n\n')) return undefined;
  const events: Event[] = [];
  for (const frame of text.slice(0, -2).split('\n\n')) {
    if (frame === ':') continue; // a heartbeat
    const found = /^(?:event: ([a-z_.]+)\n)?data: ([^\n]+)$/.exec(frame);
    if (found === null) return undefined;
    events.push({ name: found[1], data: found[2] ?? '' });
  }
  return events;
}

// biome-ignore lint/suspicious/noExplicitAny: reads what the form says is there; a member that is not fails the comparison
type Json = any;

function choicesProblem(chunks: readonly Json[]): string | undefined {
  const ended = new Map<number, number>();
  for (const [at, { choices, object, id }] of chunks.entries()) {
    // A class that writes its own chunks may leave these out.
    if (object !== undefined && (object !== chunks[0].object || id !== chunks[0].id)) return 'expected one id and object throughout';
    if (choices.length === 0 && at < chunks.length - 1) return 'expected no chunk without choices before the last';
    for (const { index, finish_reason } of choices) {
      const ends = (ended.get(index) ?? 0) + (finish_reason === null ? 0 : 1);
      if (ends > 1 || (finish_reason === null && ends === 1)) return `expected nothing of choice ${index} after its end`;
      ended.set(index, ends);
    }
  }
  return [...ended.values()].every((count) => count === 1) && ended.size > 0 ? undefined : 'expected every choice to end';
}

/** What runs in the background is told before a model sees it, so that a model's own refusal can only come later. */
function isLateRefusal(events: readonly { readonly name: string | undefined; readonly value: Json }[]): boolean {
  const [error, failed] = events.slice(-2);
  const isFailed = failed?.name === 'response.failed' && failed.value.response.background === true;
  const isOnlyError = events.filter(({ name }) => name === 'error').length === 1;
  return isFailed && isOnlyError && error?.name === 'error' && error.value.error.type === 'invalid_request_error';
}

function responseProblem(events: readonly { readonly name: string | undefined; readonly value: Json }[]): string | undefined {
  if (events.some(({ name, value }) => name !== value.type)) return 'expected each event to be named after its type';
  if (events.some(({ value }, index) => value.sequence_number !== index)) return 'expected numbers in sequence';
  if (events[0]?.name !== 'response.created') return 'expected response.created first';
  const last = events.at(-1)?.value;
  if (last?.type !== 'response.completed' && last?.type !== 'response.incomplete') return 'expected the final response last';
  const added = events.filter(({ name }) => name === 'response.output_item.added').length;
  return last.response.output.length === added ? undefined : 'expected every item to be added';
}

function messageProblem(events: readonly { readonly name: string | undefined; readonly value: Json }[]): string | undefined {
  if (events.some(({ name, value }) => name !== value.type)) return 'expected each event to be named after its type';
  const names = events.map(({ name }) => name).filter((name) => name !== 'ping' && name !== 'content_block_delta');
  const blocks = names.slice(1, -2);
  const isPaired = blocks.every((name, index) => name === (index % 2 === 0 ? 'content_block_start' : 'content_block_stop'));
  const ends = `${names[0]} ${names.slice(-2).join(' ')}`;
  if (ends !== 'message_start message_delta message_stop') return 'expected a start, a last delta and a stop';
  return isPaired && blocks.length % 2 === 0 ? undefined : 'expected each block to start and stop';
}
