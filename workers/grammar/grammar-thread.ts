// The threads of the grammar engine. As the scout it tries formats; as the mask thread it computes masks. Neither is the thread that
// decodes, which so never waits for a compile.

import { parentPort, workerData } from 'node:worker_threads';
import type { CompiledGrammar } from '@mlc-ai/web-xgrammar';
import { BannedCharacters, BannedTokens, illFormed } from './banned-tokens.ts';
import { ConstrainedText, type TokenTable } from './constrained-text.ts';
import { formatGrammar } from './format-grammar.ts';
import type { Accepted, AskedFormat, FromGrammarThread, GrammarThreadData, ToGrammarThread, WrittenGrammar } from './grammar-messages.ts';
import { GrammarProblem } from './grammar-problem.ts';
import { inOneStepRules } from './one-step-rules.ts';
import { RecentMap } from './recent-map.ts';
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
  characters: new BannedCharacters(bytes, data.mostGrammars),
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

/** By their text. Matchers that use one that made room hold it alive. */
const compiled = new RecentMap<CompiledGrammar>(data.mostGrammars, (grammar) => grammar.dispose());
const open = new Map<number, { readonly text: ConstrainedText; readonly mask: Int32Array }>();

const say = (message: FromGrammarThread): void => port.postMessage(message);

let last = Promise.resolve();
port.on('message', (message: ToGrammarThread) => {
  // One after the other: tokens of a constraint are accepted in their order.
  last = last.then(() => handle(message)).catch((error: unknown) => say(failure(error)));
});
say({ type: 'started' });

function failure(error: unknown): FromGrammarThread {
  if (!(error instanceof GrammarProblem)) return { type: 'broken' };
  return { type: 'refused', problem: { code: error.code, message: error.message, path: error.path } };
}

async function handle(message: ToGrammarThread): Promise<void> {
  if (message.type === 'try') {
    say({ type: 'written', grammar: await tryOut(message.format) });
    return;
  }
  const { id } = message;
  if (message.type === 'close') {
    close(id);
    return;
  }
  if (message.type === 'open') {
    open.set(id, { text: await begin(await compile(message.grammar), message.grammar), mask: new Int32Array(message.mask) });
  }
  const constraint = open.get(id);
  if (constraint === undefined) throw new Error('expected a constraint that is open');
  const { text, mask } = constraint;
  let isAccepted = true;
  for (const what of message.type === 'open' ? message.accepted : [message.what]) isAccepted = await accept(text, what);
  const { isEnded } = text;
  if (!isEnded) mask.set(await text.mask());
  // The message orders the memory: the mask is whole before the other side reads it.
  say({ type: 'ready', isAccepted, isEnded });
}

/** As far as the mask thread will go before the first token, and all that is done to the text of a grammar. */
async function tryOut(format: AskedFormat): Promise<WrittenGrammar> {
  const { ebnf, side } = await formatGrammar(format);
  const written = { ebnf: inOneStepRules(await normalGrammar(ebnf)), side };
  const grammar = await compiler.compileGrammar(written.ebnf);
  const text = await begin(grammar, written);
  const mask = await text.mask();
  text.close();
  grammar.dispose();
  if (mask.every((bits) => bits === 0))
    throw new GrammarProblem('invalid_value', 'expected a form that some text fits, got one that allows none');
  return written;
}

async function begin(grammar: CompiledGrammar, { side }: WrittenGrammar): Promise<ConstrainedText> {
  return new ConstrainedText(await library.GrammarMatcher.createGrammarMatcher(grammar, [...data.stopIds]), table, side);
}

function accept(text: ConstrainedText, what: Accepted): Promise<boolean> {
  return typeof what === 'string' ? text.acceptText(what) : text.acceptToken(what);
}

async function compile({ ebnf }: WrittenGrammar): Promise<CompiledGrammar> {
  const known = compiled.get(ebnf);
  if (known !== undefined) return known;
  const grammar = await compiler.compileGrammar(ebnf);
  compiled.set(ebnf, grammar);
  return grammar;
}

async function normalGrammar(ebnf: string): Promise<string> {
  const grammar = await library.Grammar.fromEBNF(ebnf);
  try {
    return grammar.toString();
  } finally {
    grammar.dispose();
  }
}

function close(id: number): void {
  const constraint = open.get(id);
  open.delete(id);
  try {
    constraint?.text.close();
  } catch {
    // Nobody waits for an answer here. Only a library that has failed cannot free: whoever uses it next is told.
  }
}
