// Shortens a conversation from its oldest end, because an assistant that forgets is of more use than one that refuses.

import type { ChatMessage } from '../../src/contract/generation.ts';

/**
 * The conversation without its oldest turns, the fewest that let it fit. Leading system messages and the last message stay; a
 * turn is a user's message and what follows it, so that no answer or tool result is left without its question. Where nothing
 * fits, the shortest one there is.
 */
export function dropOldest(messages: readonly ChatMessage[], fits: (messages: readonly ChatMessage[]) => boolean): readonly ChatMessage[] {
  const firstTurn = messages.findIndex(({ role }) => role !== 'system');
  const last = messages.length - 1;
  if (firstTurn < 0) return messages;
  const starts = messages.flatMap(({ role }, at) => (at === firstTurn || at === last || (at > firstTurn && role === 'user') ? [at] : []));
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
