import { expect, test } from 'vitest';
import { foreignGrammar } from '../../../workers/grammar/foreign-grammar.ts';
import { GrammarProblem } from '../../../workers/grammar/grammar-problem.ts';

test.each([
  ['start: "a"', "line 1, column 6: Unexpected character: ':'"],
  ['root = "a";', 'line 1, column 11: Unexpected character: ;'],
  ['root ::= word', 'line 1, column 10: Rule "word" is not defined'],
  ['word ::= "a"', 'The root rule with name "root" is not found'],
  ['root ::= "a"\nroot ::= "b"', 'line 2, column 1: Rule "root" is defined multiple times'],
  ['root ::= (', 'got the end'],
])('the grammar %j is refused with what is wrong in it', async (ebnf, reason) => {
  const problem = await problemOf(ebnf);
  expect(problem).toMatchObject({ code: 'invalid_value', path: '' });
  expect(problem.message).toMatch(/^expected EBNF of rules such as root ::= "yes" \| "no", got an error in line /);
  expect(problem.message).toContain(reason);
});

test('no more than the beginning of a reason is told, on one line, and no file of another machine', async () => {
  const { message } = await problemOf(`root ::= ${'x'.repeat(5000)}`);
  expect(message.length).toBeLessThan(320);
  expect(message).toContain('xxx…');
  for (const ebnf of ['root ::= \u2028', `root ::= ${'('.repeat(20_000)}`]) {
    expect((await problemOf(ebnf)).message).not.toMatch(/[\u2028\n]|\.cc|\/cpp\//);
  }
});

async function problemOf(ebnf: string): Promise<GrammarProblem> {
  try {
    await foreignGrammar(ebnf);
  } catch (error) {
    if (error instanceof GrammarProblem) return error;
    throw error;
  }
  throw new Error('expected a refusal');
}
