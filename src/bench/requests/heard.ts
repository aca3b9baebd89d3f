// What has been heard of one generated answer so far, and the verdict on it.

import type { AnswerVerdict } from '../prepared-request.ts';
import { isGiven } from './json-fields.ts';

/** What an answer is held to. */
export interface Expected {
  readonly text?: string;
  /** Of all choices together. */
  readonly maxTokens?: number;
  /** Fewer tokens are wrong as well. */
  readonly isExact: boolean;
}

/** Filled by the protocol of a route as the parts of an answer come. */
export class Heard {
  readonly #keepsText: boolean;
  #text = '';
  #finish: string | undefined;
  #tokensIn: number | undefined;
  #tokensOut: number | undefined;
  #hasEnded = false;
  #fault: string | undefined;

  constructor(keepsText: boolean) {
    this.#keepsText = keepsText;
  }

  get text(): string {
    return this.#text;
  }

  get finish(): string | undefined {
    return this.#finish;
  }

  get fault(): string | undefined {
    return this.#fault;
  }

  /** Text of the answer itself. Returns whether there was any. */
  say(text: unknown): boolean {
    if (!this.output(text)) return false;
    if (this.#keepsText) this.#text += String(text);
    return true;
  }

  /** Output that is no text of the answer: thoughts, arguments of a tool. */
  output(text: unknown): boolean {
    if (typeof text !== 'string' || text === '') return false;
    if (this.#hasEnded) this.fail('output after the terminator');
    return true;
  }

  finishWith(reason: unknown): void {
    if (typeof reason === 'string' && reason !== '') this.#finish = reason;
  }

  /** As the server counts; the last count told is the one that holds. */
  count(tokensIn: unknown, tokensOut: unknown): void {
    this.#tokensIn = this.#counted(tokensIn) ?? this.#tokensIn;
    this.#tokensOut = this.#counted(tokensOut) ?? this.#tokensOut;
  }

  #counted(tokens: unknown): number | undefined {
    if (!isGiven(tokens)) return undefined;
    if (typeof tokens === 'number' && Number.isSafeInteger(tokens) && tokens >= 0) return tokens;
    this.fail('a usage that is no count of tokens');
    return undefined;
  }

  /** The terminator of the protocol has come. */
  end(): void {
    this.#hasEnded = true;
  }

  /** The first fault is the one that is told. */
  fail(reason: string): void {
    this.#fault ??= reason;
  }

  /** On the whole answer. */
  verdict(expected: Expected): AnswerVerdict {
    const counts = {
      ...(this.#tokensIn === undefined ? {} : { tokensIn: this.#tokensIn }),
      ...(this.#tokensOut === undefined ? {} : { tokensOut: this.#tokensOut }),
    };
    if (this.#fault === undefined && !this.#hasEnded) return { outcome: 'truncated', reason: 'no terminator', ...counts };
    const reason = this.#fault ?? this.#shortcoming(expected);
    return reason === undefined ? { outcome: 'ok', ...counts } : { outcome: 'wrong_answer', reason, ...counts };
  }

  #shortcoming({ text, maxTokens, isExact }: Expected): string | undefined {
    if (this.#finish === undefined) return 'no finish reason';
    if (maxTokens !== undefined && this.#tokensOut !== undefined) {
      if (this.#tokensOut > maxTokens) return 'more tokens than max_tokens';
      if (isExact && this.#tokensOut < maxTokens) return 'fewer tokens than exact_tokens asked for';
    }
    return text === undefined || this.#text === text ? undefined : 'another text than expected';
  }
}
