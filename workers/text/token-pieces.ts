// What one token stands for by itself, in bytes and as text: log probabilities tell it of tokens that never meet a neighbour.

import { byteOfCharacter } from '../grammar/token-bytes.ts';

export interface TokenPiece {
  /** U+FFFD where the token ends or begins inside a character. */
  readonly text: string;
  readonly bytes: readonly number[];
}

/** The part of a tokenizer that knows its tokens by id. */
export interface TokenSource {
  /** The token as the vocabulary writes it; undefined outside of it. */
  written(id: number): string | undefined;
  /** Whether the vocabulary writes the token as itself, not as bytes. */
  isAdded(id: number): boolean;
  /** Its text by the tokenizer's own decoder. */
  decoded(id: number): string;
  /** Whether the vocabulary writes bytes as printable characters. */
  readonly byteLevel: boolean;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The piece of a token; empty outside the vocabulary, which a padded graph may choose from. */
export function tokenPiece(source: TokenSource, id: number): TokenPiece {
  const written = source.written(id);
  if (written === undefined) return { text: '', bytes: [] };
  if (source.isAdded(id)) return { text: written, bytes: [...encoder.encode(written)] };
  if (!source.byteLevel) {
    const text = source.decoded(id);
    return { text, bytes: [...encoder.encode(text)] };
  }
  const bytes = Array.from(written, (character) => byteOfCharacter.get(character)).filter((byte) => byte !== undefined);
  return { text: decoder.decode(Uint8Array.from(bytes)), bytes };
}
