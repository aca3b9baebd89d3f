// The bytes behind the texts of a byte-level vocabulary, and back.

/**
 * Byte-level vocabularies write a byte as the character of the same number where that one is printable, and the others, in
 * order, as the characters from 256 on.
 */
const byteCharacters: readonly string[] = (() => {
  const isPrintable = (byte: number): boolean => (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isPrintable(byte) ? byte : next++));
})();

/** Characters that are not there stand for no byte. */
export const byteOfCharacter: ReadonlyMap<string, number> = new Map(byteCharacters.map((character, byte) => [character, byte]));

/** The returned texts have one character per byte. */
export function tokenBytes(vocabulary: readonly string[]): readonly string[] {
  const byteText = (character: string): string => {
    const byte = byteOfCharacter.get(character);
    return byte === undefined ? '' : String.fromCharCode(byte);
  };
  return vocabulary.map((text) => Array.from(text, byteText).join(''));
}

/** The text as such a vocabulary writes it. */
export function byteLevelText(text: string): string {
  return Array.from(Buffer.from(text), (byte) => byteCharacters[byte] ?? '').join('');
}
