// Log probabilities as the chat and the completions route write them, with the schemas of both.

import Type from 'typebox';
import type { TokenAlternative, TokenLogprob } from '../../contract/generation.ts';

const tokenFields = {
  token: Type.String(),
  logprob: Type.Number(),
  bytes: Type.Optional(Type.Union([Type.Array(Type.Integer({ minimum: 0, maximum: 255 })), Type.Null()])),
};

const chatTokens = Type.Union([
  Type.Array(Type.Object({ ...tokenFields, top_logprobs: Type.Array(Type.Object(tokenFields)) })),
  Type.Null(),
]);

export const chatLogprobsSchema = Type.Union([Type.Object({ content: chatTokens, refusal: Type.Optional(chatTokens) }), Type.Null()]);

export const completionLogprobsSchema = Type.Union([
  Type.Object({
    tokens: Type.Array(Type.String()),
    token_logprobs: Type.Array(Type.Union([Type.Number(), Type.Null()])),
    top_logprobs: Type.Optional(
      Type.Union([Type.Array(Type.Union([Type.Record(Type.String(), Type.Number()), Type.Null()])), Type.Null()]),
    ),
    text_offset: Type.Array(Type.Integer({ minimum: 0 })),
  }),
  Type.Null(),
]);

export function chatLogprobs(tokens: readonly TokenLogprob[]): object {
  const content = tokens.map((token) => ({ ...chatToken(token), top_logprobs: token.top.map(chatToken) }));
  return { content, refusal: null };
}

export function completionLogprobs(tokens: readonly TokenLogprob[]): object {
  return {
    tokens: tokens.map(({ token }) => token),
    token_logprobs: tokens.map(({ logprob }) => (logprob === null ? null : finite(logprob))),
    top_logprobs: tokens.map(topOf),
    text_offset: tokens.map(({ offset }) => offset),
  };
}

function chatToken({ token, logprob, bytes }: TokenAlternative): object {
  return { token, logprob: finite(logprob), bytes };
}

/** By text, the token itself always among them; null where nothing came before it that could tell. */
function topOf({ token, logprob, top }: TokenLogprob): Readonly<Record<string, number>> | null {
  if (logprob === null) return null;
  const entries = new Map<string, number>();
  // The likelier of two tokens of the same text comes first, and counts.
  for (const one of [...top, { token, logprob }]) if (!entries.has(one.token)) entries.set(one.token, finite(one.logprob));
  return Object.fromEntries(entries);
}

/** JSON has no infinity; this is how OpenAI writes a probability too small to tell. */
const unlikely = -9999;

function finite(logprob: number | null): number {
  return logprob !== null && Number.isFinite(logprob) ? logprob : unlikely;
}
