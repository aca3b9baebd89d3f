import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ChatTemplate } from '../../../workers/text/chat-template.ts';
import { openTokenizer } from '../../../workers/text/tokenizer.ts';

const dataDir = fileURLToPath(new URL('../../../models/smollm2/data/', import.meta.url));
const template = ChatTemplate.of(await openTokenizer(dataDir));
const question = { role: 'user', content: 'What is it?' } as const;

function endOf(beginning: string): string | undefined {
  const prompt = template?.render([question, { role: 'assistant', content: beginning }], true, 'messages').join('');
  return prompt?.slice(prompt.lastIndexOf('<|im_start|>'));
}

test('a beginning ends the prompt, also where it looks like what the template writes after it', () => {
  const closing = '<|im_end|>\n';
  for (let from = 0; from < closing.length - 1; from++) {
    for (let to = from + 1; to < closing.length; to++) {
      const beginning = closing.slice(from, to);
      expect(endOf(beginning)).toBe(`<|im_start|>assistant\n${beginning}`);
    }
  }
});

test('a beginning keeps its white space, and an empty one is the place where the assistant begins', () => {
  expect(endOf('It is ')).toBe('<|im_start|>assistant\nIt is ');
  expect(endOf(' \n')).toBe('<|im_start|>assistant\n');
});
