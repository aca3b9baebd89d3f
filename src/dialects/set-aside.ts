// Parts of a message that are no text, set aside while a body is checked: whether the model takes them, and what it says of those it does
// not, is decided once the model is chosen.

import { isRecord } from './schema-fit.ts';

const blank = { type: 'text', text: '' } as const;

/** The content with an empty text in place of each part of the types, so that the others keep their places. Parts within parts count too. */
export function setAside<T>(content: T, types: ReadonlySet<unknown>): T {
  if (!Array.isArray(content)) return content;
  const parts: readonly unknown[] = content;
  if (!parts.some((part) => isRecord(part) && (types.has(part['type']) || Array.isArray(part['content'])))) return content;
  const kept = parts.map((part) => {
    if (!isRecord(part)) return part;
    return types.has(part['type'])
      ? blank
      : { ...part, ...(part['content'] === undefined ? {} : { content: setAside(part['content'], types) }) };
  });
  return kept as unknown as T; // A part of text fits every list of parts.
}
