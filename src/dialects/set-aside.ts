// Parts of a message that are no text, set aside while a body is checked: whether the model takes them, and what it says of those it does
// not, is decided once the model is chosen.

import { isRecord, type Keywords } from './schema-fit.ts';

const blank = { type: 'text', text: '' } as const;

/** The content with an empty text in place of each part that `isOther`, so that the rest keep their places. Parts within parts count too. */
export function setAside<T>(content: T, isOther: (part: Keywords) => boolean): T {
  if (!Array.isArray(content)) return content;
  const parts: readonly unknown[] = content;
  if (!parts.some((part) => isRecord(part) && (isOther(part) || Array.isArray(part['content'])))) return content;
  const kept = parts.map((part) => {
    if (!isRecord(part)) return part;
    return isOther(part) ? blank : { ...part, ...(part['content'] === undefined ? {} : { content: setAside(part['content'], isOther) }) };
  });
  return kept as unknown as T; // A part of text fits every list of parts.
}
