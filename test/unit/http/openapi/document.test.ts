import { expect, test } from 'vitest';
import { compileSchema } from '../../../../src/dialects/compile-schema.ts';
import { answerSchemas } from '../../../../src/http/openapi/answer-schemas.ts';
import { openApi } from '../../../../src/http/openapi/document.ts';
import { fixedOperations } from '../../../../src/http/openapi/fixed-operations.ts';
import { staticGetPaths, staticPostPaths, targetOf } from '../../../../src/http/paths.ts';
import { FakeBackend, json, withServer } from '../fake-backend.ts';

// biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects and fails where it is not there
function documentOf(backend: FakeBackend, isKeyed = false): any {
  return JSON.parse(JSON.stringify(openApi(backend, isKeyed)));
}

/** Every `$ref` in the value. */
function refsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => (key === '$ref' && typeof part === 'string' ? [part] : refsIn(part)));
}

test('each documented path leads to the target whose row it is', () => {
  for (const [kind, rows] of Object.entries(fixedOperations)) {
    for (const { path, also, verb } of rows) {
      for (const spelling of [path, ...also]) {
        const found = targetOf(spelling.replace(/\{\w+\}/, 'tiny'));
        expect([spelling, found?.target.kind]).toEqual([spelling, kind]);
        expect(found?.verbs.map((each) => each.toLowerCase())).toContain(verb);
      }
    }
  }
});

test('every path of the table is in the document, as itself or as another spelling', () => {
  const text = JSON.stringify(documentOf(new FakeBackend()));
  const missing = [...staticGetPaths, ...staticPostPaths].filter(
    (path) => !text.includes(`\`${path}\``) && !text.includes(`"${path}":`) && !path.startsWith('/docs/'),
  );
  expect(missing).toEqual([]);
});

test('every reference leads somewhere and operation ids are unique', () => {
  const backend = new FakeBackend();
  backend.schemas = { predict: { input: { properties: { a: { $ref: '#/$defs/a' } }, $defs: { a: { $ref: '#' } } } } };
  const document = documentOf(backend, true);
  const lost = refsIn(document).filter((ref) => {
    const at = ref.split('/').slice(1);
    return at.reduce((part, key) => part?.[key], document) === undefined;
  });
  expect(lost).toEqual([]);
  // biome-ignore lint/suspicious/noExplicitAny: as above
  const ids = Object.values<any>(document.paths).flatMap((verbs) => Object.values<any>(verbs).map(({ operationId }) => operationId));
  expect(new Set(ids).size).toBe(ids.length);
});

test('a key named $ref in the data of a schema is left alone', () => {
  const backend = new FakeBackend();
  const input = { const: { $ref: '#/x' }, properties: { const: { $ref: '#/$defs/a' } }, $defs: { a: {} } };
  backend.schemas = { predict: { input } };
  expect(documentOf(backend).components.schemas['tiny.predict.Request']).toMatchObject({
    const: { $ref: '#/x' },
    properties: { const: { $ref: '#/components/schemas/tiny.predict.Request/$defs/a' } },
  });
});

test('a schema of a model stands beside that of the route', () => {
  const backend = new FakeBackend();
  backend.schemas = { embeddings: { input: { maxProperties: 3 } } };
  expect(documentOf(backend).paths['/v1/embeddings'].post.requestBody.content['application/json'].schema.allOf).toEqual([
    { $ref: '#/components/schemas/EmbeddingsRequest' },
    { $ref: '#/components/schemas/tiny.embeddings.Request' },
  ]);
});

test('routes that stream say so and others do not', () => {
  const { paths } = documentOf(new FakeBackend());
  const streams = (path: string) => 'text/event-stream' in paths[path].post.responses['200'].content;
  expect(['/predict', '/v1/chat/completions', '/v1/messages', '/v1/embeddings'].map(streams)).toEqual([true, true, true, false]);
});

test('errors wear the envelope of the family', () => {
  const { paths } = documentOf(new FakeBackend());
  expect(paths['/v1/messages'].post.responses['429']).toEqual({ $ref: '#/components/responses/AnthropicError429' });
  expect(paths['/predict'].post.responses['429']).toEqual({ $ref: '#/components/responses/OpenAIError429' });
  expect(paths['/predict'].post.responses).not.toHaveProperty('401');
});

test('the example of a model is shown where it fits', () => {
  const backend = new FakeBackend();
  backend.exampleInput = { input: 'of the model' };
  const shown = (path: string) => documentOf(backend).paths[path].post.requestBody.content['application/json'].examples?.tiny.value;
  expect(shown('/v1/embeddings')).toEqual({ model: 'tiny', input: 'of the model' });
  expect(shown('/v1/chat/completions')).toMatchObject({ model: 'tiny', messages: [{ role: 'user' }] });
  expect(shown('/predict')).toEqual({ input: 'of the model' });
  backend.schemas = {};
  expect(shown('/predict')).toBeUndefined();
});

const response = { id: 'tiny', object: 'response', status: 'completed', model: 'tiny', output: [] };
const json8 = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

test('live answers are as documented', () =>
  withServer(async ({ url, backend }) => {
    for (const isReady of [true, false]) {
      backend.isReady = isReady;
      for (const { verb, path, answers } of Object.values(fixedOperations).flat()) {
        backend.store.keep('', {
          id: 'tiny',
          response: json8(response),
          input: json8([]),
          background: { isStreamed: false, log: undefined },
        });
        const reply = await fetch(url + path.replace(/\{\w+\}/, 'tiny'), { method: verb.toUpperCase() });
        const answer = answers[String(reply.status)];
        expect([path, answer !== undefined]).toEqual([path, true]);
        if (answer?.schema === undefined) continue;
        const body = await json(reply);
        expect([path, compileSchema(answerSchemas[answer.schema]).Check(body)]).toEqual([path, true]);
      }
    }
  }));
