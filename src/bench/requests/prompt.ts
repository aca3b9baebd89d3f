// What a request asks with, before a route gives it its form.

/** One turn of a conversation. */
export interface Turn {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

export interface Prompt {
  /** All of it, or what a route without turns takes of a conversation: what its user said first. */
  readonly text: string;
  /** A conversation that ends with a turn of its user. Absent where the text is all there is. */
  readonly turns?: readonly Turn[];
}

/** For routes that take turns. */
export function turnsOf({ text, turns }: Prompt): readonly Turn[] {
  return turns ?? [{ role: 'user', content: text }];
}
