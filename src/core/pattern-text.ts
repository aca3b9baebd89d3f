// A text inside a regular expression.

/** The pattern that matches this text alone. */
export function patternText(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
