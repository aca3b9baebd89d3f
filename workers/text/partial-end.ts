// How much of a text's end may still become something that is looked for.

/** Length of the longest end of `text` that `whole` begins with, and is longer than. */
export function partialEnd(text: string, whole: string): number {
  for (let length = Math.min(whole.length - 1, text.length); length > 0; length -= 1) {
    if (whole.startsWith(text.slice(-length))) return length;
  }
  return 0;
}
