// Words of a client that an error may repeat, such as the name of a model: short, and of one line whatever they hold.

/** As long as any word of an API; a text of a user shows itself by more. */
const longest = 40;

/** In double quotes as in JSON, and shortened. Units of `most`: code points. */
export function quotedWord(text: string, most = longest): string {
  return visible(JSON.stringify(shortened(text, most)));
}

/** As long as names of tools and fields may be in the hosted APIs. */
const longestKey = 64;

/** A key of a client as a path shows it: as it is where it is an identifier of a usual length. */
export function pathKey(key: string): string {
  return visible(shortened(key, longestKey));
}

/** The beginning of a text that is too long. Units of `most`: code points. */
export function shortened(text: string, most: number): string {
  // No code point has more than two units, so of a huge text little is read.
  const points = [...text.slice(0, 2 * most + 2)];
  return points.length > most ? `${points.slice(0, most).join('')}…` : text;
}

/** With escapes for what would break a line, turn it around or be unseen. */
export function visible(text: string): string {
  return text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, (char) =>
    Array.from({ length: char.length }, (_, at) => `\\u${char.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
  );
}
