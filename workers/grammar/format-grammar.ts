// The EBNF of an output format, with what is wrong told by the parameter of the request.

import type { OutputFormat } from '../../src/contract/generation.ts';
import { InferenceError } from '../../src/core/errors.ts';
import { GrammarProblem } from './grammar-problem.ts';
import { regexGrammar } from './regex-grammar.ts';
import { jsonObjectGrammar, schemaGrammar } from './schema-grammar.ts';
import { type ToolGrammar, toolGrammar } from './tool-grammar.ts';

/** A larger one would hold the thread for long. Units: characters. */
const largestText = 256 * 1024;

/** Throws: InferenceError with the path of the wrong part. */
export function formatGrammar(format: OutputFormat | ToolGrammar, param: string): string {
  try {
    const ebnf = grammarOf(format);
    if (ebnf.length > largestText) throw new GrammarProblem('unsupported_value', 'expected a smaller schema or grammar');
    return ebnf;
  } catch (error) {
    if (!(error instanceof GrammarProblem)) throw error;
    throw new InferenceError(error.code, error.message, { param: `${param}${error.path}`, cause: error.cause });
  }
}

function grammarOf(format: OutputFormat | ToolGrammar): string {
  switch (format.kind) {
    case 'json':
      return jsonObjectGrammar;
    case 'jsonSchema':
      return schemaGrammar(format.schema);
    case 'grammar':
      return format.ebnf;
    case 'regex':
      return `root ::= ${regexGrammar(format.pattern, false)}\n`;
    case 'tools':
      return toolGrammar(format);
  }
}
