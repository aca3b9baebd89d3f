// Reads the text of a stream of server-sent events.

export interface SseEvent {
  readonly event: string | undefined;
  readonly data: string;
}

/** Its events, comments left out. */
export function eventsOf(text: string): readonly SseEvent[] {
  return text
    .split('\n\n')
    .filter((block) => block !== '' && !block.startsWith(':'))
    .map((block) => ({ event: /^event: (.*)$/m.exec(block)?.[1], data: /^data: (.*)$/m.exec(block)?.[1] ?? '' }));
}
