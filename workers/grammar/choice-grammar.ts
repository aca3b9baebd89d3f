// EBNF of one text of several.

import { GrammarBudget } from './grammar-budget.ts';
import { GrammarProblem, literal, unsupported } from './grammar-problem.ts';
import { hasMark } from './json-text.ts';

/** Throws: GrammarProblem with the path of the choice, such as `[3]`. */
export function choiceGrammar(choices: readonly string[], budget = new GrammarBudget()): string {
  if (choices.length === 0) throw new GrammarProblem('invalid_value', 'expected at least one choice');
  const texts = choices.map((choice, index) => {
    const path = `[${index}]`;
    budget.spend(choice.length, path);
    if (/\p{Surrogate}/u.test(choice) || hasMark(choice)) {
      unsupported('expected a choice without halves of surrogate pairs and U+F0000 to U+F003F', path);
    }
    return budget.paid(literal(choice), path);
  });
  return `root ::= ${texts.join(' | ')}\n`;
}
