// The thread that compiles grammars and computes masks, so that the thread which decodes never waits for a compile.

import { parentPort, workerData } from 'node:worker_threads';
import type { CompiledGrammar, GrammarMatcher } from '@mlc-ai/web-xgrammar';
import type { FromGrammarThread, GrammarThreadData, ToGrammarThread } from './grammar-messages.ts';
import { openGrammarLibrary } from './xgrammar-library.ts';

// The engine alone starts this file, with data of this shape.
const data = workerData as GrammarThreadData;
const port = parentPort;
if (port === null) throw new Error('expected to run on a thread of the grammar engine');

const library = openGrammarLibrary();
const info = await library.TokenizerInfo.createTokenizerInfo([...data.vocabulary], 'byte_level', false, data.logitCount, [...data.stopIds]);
const compiler = await library.GrammarCompiler.createGrammarCompiler(info, false);

/** By their text, the least recently used first. */
const compiled = new Map<string, CompiledGrammar>();
const open = new Map<number, { readonly matcher: GrammarMatcher; readonly mask: Int32Array }>();

const say = (message: FromGrammarThread): void => port.postMessage(message);

let last = Promise.resolve();
port.on('message', (message: ToGrammarThread) => {
  // One after the other: tokens of a constraint are accepted in their order.
  last = last.then(() => handle(message)).catch(() => say({ type: 'refused', id: message.id }));
});

async function handle(message: ToGrammarThread): Promise<void> {
  if (message.type === 'open') {
    say({ type: 'begun', id: message.id });
    const grammar = await compile(message.ebnf, message.isForeign);
    const matcher = await library.GrammarMatcher.createGrammarMatcher(grammar, [...data.stopIds]);
    open.set(message.id, { matcher, mask: new Int32Array(message.mask) });
    return answer(message.id, true);
  }
  const constraint = open.get(message.id);
  if (constraint === undefined) return;
  switch (message.type) {
    case 'accept':
      return answer(message.id, constraint.matcher.acceptToken(message.token));
    case 'acceptText':
      return answer(message.id, constraint.matcher._acceptString(message.text));
    case 'close':
      constraint.matcher.dispose();
      open.delete(message.id);
  }
}

async function answer(id: number, accepted: boolean): Promise<void> {
  const constraint = open.get(id);
  if (constraint === undefined) return;
  const ended = constraint.matcher.isTerminated();
  if (!ended) constraint.mask.set(await constraint.matcher.getNextTokenBitmask());
  // The message orders the memory: the mask is whole before the other side reads it.
  say({ type: 'ready', id, accepted, ended });
}

async function compile(ebnf: string, isForeign: boolean): Promise<CompiledGrammar> {
  const known = compiled.get(ebnf);
  if (known !== undefined) {
    compiled.delete(ebnf);
    compiled.set(ebnf, known);
    return known;
  }
  // A text of a client is read by an instance that may die of it.
  const text = isForeign ? (await openGrammarLibrary().Grammar.fromEBNF(ebnf)).toString() : ebnf;
  const grammar = await compiler.compileGrammar(text);
  compiled.set(ebnf, grammar);
  const oldest = compiled.keys().next().value;
  if (compiled.size > data.mostGrammars && oldest !== undefined) {
    // Matchers that use it hold it alive.
    compiled.get(oldest)?.dispose();
    compiled.delete(oldest);
  }
  return grammar;
}
