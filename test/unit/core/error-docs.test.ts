import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { errorCodes } from '../../../src/core/error-codes.ts';

const rows = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')));

test('docs/errors.md lists every code with its status, types and meaning, and no other', () => {
  const documented = rows.map(([, code, status, openai, anthropic, retry, meaning]) => [code, status, openai, anthropic, retry, meaning]);
  const table = Object.entries(errorCodes).map(([code, spec]) => [
    spec.onWire ? code : `${code} (null)`,
    String(spec.status),
    spec.openaiType,
    spec.anthropicType,
    spec.retryable ? 'yes' : 'no',
    spec.meaning.replaceAll('`', ''),
  ]);
  expect(documented).toEqual(table);
});
