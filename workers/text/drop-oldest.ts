// Shortens a conversation from its oldest end, because an assistant that forgets is of more use than one that refuses.

import type { ChatMessage } from '../../src/contract/generation.ts';

/**
 * The conversation without its oldest turns, the fewest that let it fit. Leading system messages and the last message stay, and
 * with a result of a tool the call that it answers; a turn is a user's message and what follows it, so that no answer is left
 * without its question. Where nothing fits, the shortest one there is.
 */
export function dropOldest(messages: readonly ChatMessage[], fits: (messages: readonly ChatMessage[]) => boolean): readonly ChatMessage[] {
  const firstTurn = messages.findIndex(({ role }) => role !== 'system');
  const last = messages.length - 1;
  if (firstTurn < 0) return messages;
  const calls = callsAnswered(messages);
  const isTurn = (role: string, at: number): boolean => at === firstTurn || (at > firstTurn && role === 'user');
  const turns = messages.flatMap(({ role }, at) => (isTurn(role, at) ? [at] : []));
  const starts = [...turns, calls[last] ?? last].sort((a, b) => a - b).filter(uncut(calls));
  const from = (start: number): readonly ChatMessage[] => [...messages.slice(0, firstTurn), ...messages.slice(start)];
  // Every try tokenises the whole conversation, so it is halved and not walked: what is dropped only makes it shorter.
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (fits(from(starts[middle] ?? last))) high = middle;
    else low = middle + 1;
  }
  return from(starts[low] ?? last);
}

/** By the place of a message: that of the call which it answers. */
function callsAnswered(messages: readonly ChatMessage[]): readonly (number | undefined)[] {
  const places = new Map<string, number>();
  return messages.map(({ toolCalls = [], toolCallId }, at) => {
    for (const { id } of toolCalls) places.set(id, at);
    return toolCallId === undefined ? undefined : places.get(toolCallId);
  });
}

/** Whether no result from a start on answers a call before it. */
function uncut(calls: readonly (number | undefined)[]): (start: number) => boolean {
  let earliest = Number.POSITIVE_INFINITY;
  const earliestFrom = calls.map(() => earliest);
  for (let at = calls.length - 1; at >= 0; at -= 1) {
    earliest = Math.min(earliest, calls[at] ?? earliest);
    earliestFrom[at] = earliest;
  }
  return (start) => (earliestFrom[start] ?? earliest) >= start;
}
