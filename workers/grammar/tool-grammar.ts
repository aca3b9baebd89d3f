// EBNF of tool calls as Hermes models write them: <tool_call>, one JSON object with name and arguments, </tool_call>.

import type { ToolDefinition } from '../../src/contract/generation.ts';
import { GrammarBudget } from './grammar-budget.ts';
import { GrammarProblem, literal } from './grammar-problem.ts';
import { jsonText } from './json-text.ts';
import { anyJsonRules, schemaRules } from './schema-grammar.ts';
import type { SideRules } from './side-rules.ts';

export const callStart = '<tool_call>';
export const callEnd = '</tool_call>';

/** One call of one of the tools, or several. Under `auto` it begins at the trigger: `acceptText` takes that and what came after it. */
export interface ToolGrammar {
  readonly kind: 'tools';
  /** At least one. */
  readonly tools: readonly ToolDefinition[];
  readonly parallel: boolean;
}

/** Throws: GrammarProblem with a path such as `[0].function.parameters.properties.age`. */
export function toolGrammar({ tools, parallel }: ToolGrammar, side: SideRules, budget = new GrammarBudget()): string {
  const rules: string[] = [];
  const calls = tools.map((tool, index) => {
    const start = argumentsRule(tool, index, rules, { side, budget });
    const path = `[${index}].function.name`;
    return `(${budget.paid(literal(`{"name": ${jsonText(tool.name, path)}, "arguments": `), path)} ${start} "}")`;
  });
  if (calls.length === 0) throw new GrammarProblem('invalid_value', 'expected at least one tool');
  const more = parallel ? ' ("\\n" block)*' : '';
  return `root ::= block${more}\nblock ::= ${literal(`${callStart}\n`)} (${calls.join(' | ')}) ${literal(`\n${callEnd}`)}\n${rules.join('')}${anyJsonRules}`;
}

interface Lent {
  readonly side: SideRules;
  readonly budget: GrammarBudget;
}

function argumentsRule(tool: ToolDefinition, index: number, rules: string[], lent: Lent): string {
  if (tool.parameters === undefined) return 'obj';
  try {
    // Whatever the schema is written by: a $ref, a union, keywords without a type.
    const written = schemaRules(tool.parameters, { ...lent, prefix: `t${index}`, beside: { type: 'object' } });
    rules.push(written.rules);
    return written.start;
  } catch (error) {
    if (!(error instanceof GrammarProblem)) throw error;
    throw new GrammarProblem(error.code, error.message, error.cause, `[${index}].function.parameters${error.path}`);
  }
}
