// The EBNF of an output format, with what is wrong told by the parameter of the request.

import type { OutputFormat } from '../../src/contract/generation.ts';
import { InferenceError } from '../../src/core/errors.ts';
import { choiceGrammar } from './choice-grammar.ts';
import type { WrittenGrammar } from './grammar-messages.ts';
import { GrammarProblem } from './grammar-problem.ts';
import { regexGrammar } from './regex-grammar.ts';
import { jsonObjectGrammar, schemaGrammar } from './schema-grammar.ts';
import { hasExcluded, SideRules, withEscapes } from './side-rules.ts';
import { type ToolGrammar, toolGrammar } from './tool-grammar.ts';

/** A larger one would hold the thread for long. Units: characters. */
const largestText = 256 * 1024;

/** Throws: InferenceError with the path of the wrong part. */
export function formatGrammar(format: OutputFormat | ToolGrammar, param: string): WrittenGrammar {
  try {
    const side = new SideRules();
    const ebnf = withSide(grammarOf(format, side), format.kind, side.excluded);
    if (ebnf.length > largestText) throw new GrammarProblem('unsupported_value', 'expected a smaller schema or grammar');
    // As data: it goes to another thread.
    return { ebnf, side: { lengths: side.lengths, excluded: side.excluded }, isForeign: format.kind === 'grammar' };
  } catch (error) {
    if (!(error instanceof GrammarProblem)) throw error;
    throw new InferenceError(error.code, error.message, { param: `${param}${error.path}`, cause: error.cause });
  }
}

/** What is excluded is so in the whole text: literals that need it have to get around that. */
function withSide(ebnf: string, kind: OutputFormat['kind'] | 'tools', excluded: readonly number[]): string {
  if (kind !== 'regex') return withEscapes(ebnf, excluded);
  if (!hasExcluded(ebnf, excluded)) return ebnf;
  throw new GrammarProblem('unsupported_value', 'expected no character beyond ASCII that a class of the pattern leaves out');
}

function grammarOf(format: OutputFormat | ToolGrammar, side: SideRules): string {
  switch (format.kind) {
    case 'json':
      return jsonObjectGrammar;
    case 'jsonSchema':
      return schemaGrammar(format.schema, side);
    case 'grammar':
      return format.ebnf;
    case 'regex':
      return `root ::= ${regexGrammar(format.pattern, false, side)}\n`;
    case 'choice':
      return choiceGrammar(format.choices);
    case 'tools':
      return toolGrammar(format, side);
  }
}
