// A model's tokenizer, read from the files that come with its weights.

import { join } from 'node:path';
import { type AddedToken as HubAddedToken, Tokenizer as HubTokenizer } from '@huggingface/tokenizers';
import { byteLevelText } from '../grammar/token-bytes.ts';
import { readJsonObject } from './json-file.ts';
import { type TokenPiece, type TokenSource, tokenPiece } from './token-pieces.ts';

/** A token that is read wherever its text stands. */
export interface AddedToken {
  readonly text: string;
  /** Whether it is markup that no reader sees. */
  readonly isSpecial: boolean;
}

export interface Tokenizer {
  readonly vocabSize: number;
  /** Most characters of a text that one token can stand for, so that a text far too long is refused without being tokenised. */
  readonly mostCharsPerToken: number;
  readonly addedTokens: readonly AddedToken[];
  /** Jinja source of the chat template, where the model has one. */
  readonly chatTemplate: string | undefined;
  readonly bosToken: string | undefined;
  readonly eosToken: string | undefined;
  /** Token ids, never cut and never padded. */
  encode(text: string, options: { readonly addSpecialTokens: boolean }): number[];
  decode(ids: readonly number[], options: { readonly skipSpecialTokens: boolean }): string;
  /** What one token stands for by itself. */
  piece(id: number): TokenPiece;
  /**
   * The tokens by id as the vocabulary writes them, where it writes bytes as characters (byte-level BPE). Special tokens are empty:
   * they are no text, so what allows texts must not take them for the characters of their names.
   */
  byteLevelTokens(): readonly string[] | undefined;
}

/** Reads `tokenizer.json` and `tokenizer_config.json`. Throws: Error naming the file that cannot be read. */
export async function openTokenizer(dataDir: string): Promise<Tokenizer> {
  const definition = await readJsonObject(join(dataDir, 'tokenizer.json'));
  const config = await readJsonObject(join(dataDir, 'tokenizer_config.json'));
  // The files may carry a truncation and padding of their own (128 tokens, say): length is the engine's business.
  const tokenizer = new HubTokenizer({ ...definition, truncation: null, padding: null }, config);
  const vocabulary = tokenizer.get_vocab(true);
  const added = tokenizer.get_added_tokens_decoder();
  const alsoSpecial = new Set(listOf(config['additional_special_tokens']).map(tokenText));
  const isSpecial = (token: HubAddedToken): boolean => token.special || alsoSpecial.has(token.content);
  const source: TokenSource = {
    written: (id) => tokenizer.id_to_token(id),
    isAdded: (id) => added.has(id),
    decoded: (id) => tokenizer.decode([id], { skip_special_tokens: false, clean_up_tokenization_spaces: false }),
    byteLevel: hasByteLevel(definition['decoder']),
  };
  return {
    vocabSize: vocabulary.size,
    mostCharsPerToken: mostCharsPerToken(definition, vocabulary.keys()),
    addedTokens: [...added.values()].map((token) => ({ text: token.content, isSpecial: isSpecial(token) })),
    chatTemplate: typeof config['chat_template'] === 'string' ? config['chat_template'] : undefined,
    bosToken: tokenText(config['bos_token']),
    eosToken: tokenText(config['eos_token']),
    encode: (text, options) => tokenizer.encode(text, { add_special_tokens: options.addSpecialTokens }).ids,
    decode: (ids, options) =>
      tokenizer.decode([...ids], { skip_special_tokens: options.skipSpecialTokens, clean_up_tokenization_spaces: false }),
    piece: (id) => tokenPiece(source, id),
    byteLevelTokens() {
      if (!source.byteLevel) return undefined;
      // The vocabulary has the other added tokens as they read, not byte by byte.
      const written = (token: HubAddedToken): string => (isSpecial(token) ? '' : byteLevelText(token.content));
      return byId(vocabulary).map((text, id) => {
        const token = added.get(id);
        return token === undefined ? text : written(token);
      });
    },
  };
}

// What a token may stand for where unknown words are one token, or white space none. No text that means anything is so sparse.
const sparseCharsPerToken = 128;

/** Byte-level BPE keeps every byte, so its longest token tells; a byte is at least as much as a character. */
function mostCharsPerToken(definition: Readonly<Record<string, unknown>>, tokens: Iterable<string>): number {
  const model: unknown = definition['model'];
  const isWhole = typeof model === 'object' && model !== null && 'type' in model && model.type === 'BPE';
  if (!isWhole || (definition['normalizer'] ?? null) !== null) return sparseCharsPerToken;
  let longest = 1;
  for (const token of tokens) longest = Math.max(longest, token.length);
  return longest;
}

/** Ids that nothing is written for are empty. */
function byId(vocabulary: ReadonlyMap<string, number>): readonly string[] {
  const tokens: string[] = [];
  for (const [token, id] of vocabulary) tokens[id] = token;
  return Array.from(tokens, (token) => token ?? '');
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A decoder is one step, or a sequence of steps under `decoders`. */
function hasByteLevel(decoder: unknown): boolean {
  if (typeof decoder !== 'object' || decoder === null) return false;
  if ('type' in decoder && decoder.type === 'ByteLevel') return true;
  return 'decoders' in decoder && Array.isArray(decoder.decoders) && decoder.decoders.some(hasByteLevel);
}

/** A token is written as its text, or as an object with a `content`. */
function tokenText(token: unknown): string | undefined {
  if (typeof token === 'string') return token;
  return typeof token === 'object' && token !== null && 'content' in token && typeof token.content === 'string' ? token.content : undefined;
}
