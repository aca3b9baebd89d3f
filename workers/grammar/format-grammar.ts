// The EBNF of an output format. Runs on the scout thread, since a client's schema may take long to write.

import { choiceGrammar } from './choice-grammar.ts';
import { foreignGrammar } from './foreign-grammar.ts';
import { GrammarBudget } from './grammar-budget.ts';
import type { AskedFormat, WrittenGrammar } from './grammar-messages.ts';
import { GrammarProblem } from './grammar-problem.ts';
import { regexGrammar } from './regex-grammar.ts';
import { jsonObjectGrammar, schemaGrammar } from './schema-grammar.ts';
import { hasExcluded, SideRules, withEscapes } from './side-rules.ts';
import { toolGrammar } from './tool-grammar.ts';

/** Throws: GrammarProblem. */
export async function formatGrammar(format: AskedFormat): Promise<WrittenGrammar> {
  const side = new SideRules();
  const ebnf = withSide(await grammarOf(format, side), format.kind, side.excluded);
  new GrammarBudget().spend(ebnf.length, '');
  // As data: it goes to another thread.
  return { ebnf, side: { lengths: side.lengths, excluded: side.excluded } };
}

/** What is excluded is so in the whole text: literals that need it have to get around that. */
function withSide(ebnf: string, kind: AskedFormat['kind'], excluded: readonly number[]): string {
  if (kind !== 'regex') return withEscapes(ebnf, excluded);
  if (!hasExcluded(ebnf, excluded)) return ebnf;
  throw new GrammarProblem('unsupported_value', 'expected no character beyond ASCII that a class of the pattern leaves out');
}

async function grammarOf(format: AskedFormat, side: SideRules): Promise<string> {
  switch (format.kind) {
    case 'json':
      return jsonObjectGrammar;
    case 'jsonSchema':
      return schemaGrammar(format.schema, side);
    case 'grammar':
      return foreignGrammar(format.ebnf);
    case 'regex':
      return `root ::= ${regexGrammar(format.pattern, false, side)}\n`;
    case 'choice':
      return choiceGrammar(format.choices);
    case 'tools':
      return toolGrammar(format, side);
  }
}
