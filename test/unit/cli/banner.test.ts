import { expect, test } from 'vitest';
import { banner } from '../../../src/cli/banner.ts';

const ready = { name: 'minilm', state: 'ready', reason: undefined, methods: ['predict', 'embeddings'] } as const;

test('a ready model shows its routes and a request to try', () => {
  expect(banner('http://127.0.0.1:8080', [ready], false).split('\n')).toEqual([
    'heddle listens on http://127.0.0.1:8080',
    '',
    '  minilm  ready  POST /predict',
    '                 POST /v1/embeddings',
    '',
    'Try:',
    `  curl http://127.0.0.1:8080/v1/embeddings -H 'content-type: application/json' -d '{"model":"minilm","input":"hello"}'`,
  ]);
});

test('a failed model shows its reason and no request to try', () => {
  const failed = { ...ready, state: 'failed', reason: 'a weight file is missing' };
  const text = banner('http://h', [failed], false);
  expect(text).toContain('minilm  failed  a weight file is missing');
  expect(text).not.toContain('curl');
});

test('a server with keys shows where the key goes', () => {
  expect(banner('http://h', [ready], true)).toContain("-H 'authorization: Bearer YOUR_KEY'");
});
