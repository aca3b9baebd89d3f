// The thread that compiles grammars and computes masks, so that the thread which decodes never waits for a compile.

import { parentPort, workerData } from 'node:worker_threads';
import type { CompiledGrammar } from '@mlc-ai/web-xgrammar';
import { BannedTokens, illFormed } from './banned-tokens.ts';
import { ConstrainedText, type TokenTable } from './constrained-text.ts';
import type { Accepted, FromGrammarThread, GrammarThreadData, ToGrammarThread, WrittenGrammar } from './grammar-messages.ts';
import { foreignGrammar } from './foreign-grammar.ts';
import { GrammarProblem } from './grammar-problem.ts';
import { markCount, markText } from './side-rules.ts';
import { StringAdditions } from './string-length.ts';
import { byteLevelText, tokenBytes } from './token-bytes.ts';
import { openGrammarLibrary } from './xgrammar-library.ts';

// The engine alone starts this file, with data of this shape.
const data = workerData as GrammarThreadData;
const port = parentPort;
if (port === null) throw new Error('expected to run on a thread of the grammar engine');

// What ends a text is none of it.
const bytes = tokenBytes(data.vocabulary).map((text, token) => (data.stopIds.includes(token) ? '' : text));
const table: TokenTable = {
  bytes,
  additions: new StringAdditions(bytes),
  illFormed: new BannedTokens(bytes, illFormed),
  stopIds: data.stopIds,
  firstMark: Math.ceil(data.logitCount / 32) * 32,
};
const marks = Array.from({ length: markCount }, (_, number) => byteLevelText(markText(number)));
// The library never allows a token without text.
const padding = Array.from({ length: table.firstMark - data.vocabulary.length }, () => '');
const tokens = [...data.vocabulary, ...padding, ...marks];

const library = openGrammarLibrary();
const info = await library.TokenizerInfo.createTokenizerInfo(tokens, 'byte_level', false, tokens.length, [...data.stopIds]);
const compiler = await library.GrammarCompiler.createGrammarCompiler(info, false);

/** By their text, the least recently used first. */
const compiled = new Map<string, CompiledGrammar>();
const open = new Map<number, { readonly text: ConstrainedText; readonly mask: Int32Array }>();

const say = (message: FromGrammarThread): void => port.postMessage(message);

let last = Promise.resolve();
port.on('message', (message: ToGrammarThread) => {
  // One after the other: tokens of a constraint are accepted in their order.
  last = last.then(() => handle(message)).catch((error: unknown) => say(failure(message.id, error)));
});

function failure(id: number, error: unknown): FromGrammarThread {
  return error instanceof GrammarProblem ? { type: 'refused', id, code: error.code, message: error.message } : { type: 'broken', id };
}

async function handle(message: ToGrammarThread): Promise<void> {
  const { id } = message;
  if (message.type === 'close') {
    open.get(id)?.text.close();
    open.delete(id);
    return;
  }
  if (message.type === 'open') {
    const matcher = await library.GrammarMatcher.createGrammarMatcher(await compile(message.grammar), [...data.stopIds]);
    open.set(id, { text: new ConstrainedText(matcher, table, message.grammar.side), mask: new Int32Array(message.mask) });
  }
  const constraint = open.get(id);
  if (constraint === undefined) throw new Error('expected a constraint that is open');
  const { text, mask } = constraint;
  let isAccepted = true;
  for (const what of message.type === 'open' ? message.accepted : [message.what]) isAccepted = await accept(text, what);
  const { isEnded } = text;
  if (!isEnded) mask.set(await text.mask());
  // The message orders the memory: the mask is whole before the other side reads it.
  say({ type: 'ready', id, isAccepted, isEnded });
}

function accept(text: ConstrainedText, what: Accepted): Promise<boolean> {
  return typeof what === 'string' ? text.acceptText(what) : text.acceptToken(what);
}

async function compile({ ebnf, isForeign }: WrittenGrammar): Promise<CompiledGrammar> {
  const known = compiled.get(ebnf);
  if (known !== undefined) {
    compiled.delete(ebnf);
    compiled.set(ebnf, known);
    return known;
  }
  const grammar = await compiler.compileGrammar(isForeign ? await foreignGrammar(ebnf) : ebnf);
  compiled.set(ebnf, grammar);
  const oldest = compiled.keys().next().value;
  if (compiled.size > data.mostGrammars && oldest !== undefined) {
    // Matchers that use it hold it alive.
    compiled.get(oldest)?.dispose();
    compiled.delete(oldest);
  }
  return grammar;
}
