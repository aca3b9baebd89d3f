// The bytes behind the texts of a byte-level vocabulary, and back.

/** Byte-level BPE writes every byte as one printable character. The returned texts have one character per byte. */
export function tokenBytes(vocabulary: readonly string[]): readonly string[] {
  const bytes = new Map<string, string>();
  for (let byte = 0, next = 256; byte < 256; byte += 1)
    bytes.set(byteCharacter(byte) ?? String.fromCodePoint(next++), String.fromCharCode(byte));
  return vocabulary.map((text) => [...text].map((char) => bytes.get(char) ?? '').join(''));
}

/** The text as such a vocabulary writes it. */
export function byteLevelText(text: string): string {
  const characters: string[] = [];
  for (let byte = 0, next = 256; byte < 256; byte += 1) characters.push(byteCharacter(byte) ?? String.fromCodePoint(next++));
  return [...Buffer.from(text)].map((byte) => characters[byte] ?? '').join('');
}

/** Undefined for those that are written as a character from 256 on. */
function byteCharacter(byte: number): string | undefined {
  const isPrintable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  return isPrintable ? String.fromCharCode(byte) : undefined;
}
