// Routes come from the methods of the models that are loaded now: every route, for every model name, in every phase of a server's life.

import { BroadcastChannel } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OneSocket } from '../support/one-socket.ts';
import { serve, type TestServer } from '../support/serve.ts';

const folder = (name: string) => fileURLToPath(new URL(`../fixtures/models/${name}`, import.meta.url));

// Each method with its route, the body that fits it, and the fixture that has it, if one does.
const routes = {
  predict: { path: '/predict', body: { any: 'thing' } },
  chatCompletions: { path: '/chat/completions', body: { messages: [{ role: 'user', content: 'hi' }], user: 'me' } },
  completions: { path: '/completions', body: { prompt: 'hi' } },
  embeddings: { path: '/embeddings', body: { input: 'hi' } },
  responses: { path: '/responses', body: { input: 'hi' } },
  messages: { path: '/messages', body: { messages: [{ role: 'user', content: 'hi' }], max_tokens: 4 } },
} as const;
type Method = keyof typeof routes;
const allMethods = Object.keys(routes) as Method[]; // keys of a constant object
const methodOf: Readonly<Record<string, Method>> = {
  'only-predict': 'predict',
  'only-embeddings': 'embeddings',
  'only-messages': 'messages',
  waiting: 'chatCompletions',
};
const names = [undefined, ...Object.keys(methodOf), 'nobody'];
const prefixes = ['', '/production', '/production/sync', '/environments/production', '/environments/production/sync'];

/** What is loaded: ready models and those that load still. */
interface Phase {
  readonly ready: readonly string[];
  readonly loading: readonly string[];
}

/** A cell of the table: a status, the words its message has to hold, and the code on the wire. */
interface Cell {
  readonly status: number;
  readonly code?: string;
  readonly words: readonly string[];
}

function expectedCell(phase: Phase, method: Method, name: string | undefined, inPath: boolean): Cell {
  const loaded = [...phase.ready, ...phase.loading];
  const having = loaded.filter((model) => methodOf[model] === method);
  const state = (model: string): Cell =>
    phase.ready.includes(model) ? { status: 200, words: [] } : { status: 503, code: 'model_loading', words: [model] };
  if (having.length === 0 && !inPath)
    return { status: 404, code: 'unknown_url', words: [method, ...(loaded.length === 0 ? ['no model is loaded'] : loaded)] };
  if (name === undefined) return state(having[0] ?? '');
  if (!loaded.includes(name)) return { status: 404, code: 'model_not_found', words: having.length === 0 ? [method] : having };
  if (methodOf[name] !== method)
    return { status: 404, code: 'model_not_found', words: [name, method, ...(having.length === 0 ? ['none'] : having)] };
  return state(name);
}

/** Every way to ask for a method, with the model named nowhere, in the body or a header, or in the path. */
function* requestsOf(method: Method) {
  const { path, body } = routes[method];
  for (const prefix of prefixes) {
    // A prefix is cut off before anything else is looked at, so behind one each route is asked in one spelling.
    const spellings = prefix === '' ? ['', '/v1'] : ['/v1'];
    for (const name of names) {
      const named = name === undefined || method === 'predict' ? body : { ...body, model: name };
      const headers: Record<string, string> = name === undefined || method !== 'predict' ? {} : { 'x-heddle-model': name };
      for (const route of [...spellings.map((spelling) => spelling + path), ...(method === 'predict' ? ['/invocations'] : [])])
        yield { url: prefix + route, body: named, headers, name, inPath: false };
      if (name === undefined || (prefix !== '' && method !== 'predict')) continue;
      const inPath =
        method === 'predict'
          ? [`/models/${name}/predict`, `/v1/models/${name}:predict`]
          : [`/models/${name}${path}`, `/v1/models/${name}${path}`];
      for (const route of inPath) yield { url: prefix + route, body, headers: {}, name, inPath: true };
    }
  }
}

let server: TestServer;
let client: OneSocket;

beforeAll(async () => {
  server = await serve([]);
  client = new OneSocket(server.port);
});

afterAll(async () => {
  client.close();
  expect(await server.close()).toBe(true);
});

async function checkTable(phase: Phase): Promise<void> {
  const expected: Record<string, string> = {};
  const found: Record<string, string> = {};
  for (const method of allMethods) {
    for (const { url, body, headers, name, inPath } of requestsOf(method)) {
      const cell = expectedCell(phase, method, name, inPath);
      const reply = await client.send('POST', url, body, headers);
      const message: string = reply.body?.error?.message ?? '';
      // The Anthropic envelope has no code.
      const code = reply.body?.type === 'error' ? undefined : reply.body?.error?.code;
      const wanted = /\/messages$/.test(url) ? undefined : cell.code;
      const key = `${method} POST ${url} for ${name ?? 'no model'}`;
      expected[key] = `${cell.status} ${wanted ?? ''} ${cell.words.join(' ')}`;
      found[key] = `${reply.status} ${code ?? ''} ${cell.words.map((word) => (message.includes(word) ? word : message)).join(' ')}`;
    }
  }
  expect(found).toEqual(expected);
  // A table that lost its rows would pass unseen. Unprefixed: 6 names in 13 routes, 5 in 12 paths; behind a prefix 6 in 7 and 5 in 2.
  expect(Object.keys(expected)).toHaveLength(6 * 13 + 5 * 12 + 4 * (6 * 7 + 5 * 2));
}

async function checkVerbs(): Promise<void> {
  for (const prefix of prefixes) {
    for (const path of [...allMethods.map((method) => `/v1${routes[method].path}`), '/invocations', '/v1/models/nobody:predict']) {
      const { status, headers, body } = await client.get(prefix + path);
      expect([prefix + path, status, headers.allow]).toEqual([prefix + path, 405, 'POST, OPTIONS']);
      expect(body.error.message).toBe('expected POST or OPTIONS, got GET');
    }
    for (const path of ['/v1/models', '/v1/models/nobody', '/openapi.json', '/readyz']) {
      const { status, headers } = await client.send('DELETE', prefix + path);
      expect([prefix + path, status, headers.allow]).toEqual([prefix + path, 405, 'GET, HEAD, OPTIONS']);
    }
  }
}

async function checkListings({ ready, loading }: Phase): Promise<void> {
  const loaded = [...ready, ...loading];
  for (const prefix of prefixes) {
    const list = await client.get(`${prefix}/v1/models`);
    expect(list.body.data.map(({ id, methods }: { id: string; methods: string[] }) => [id, methods])).toEqual(
      ready.map((name) => [name, [methodOf[name]]]),
    );
    for (const name of names) {
      if (name === undefined) continue;
      const { status, body } = await client.get(`${prefix}/v1/models/${name}`);
      const state = ready.includes(name) ? 'ready' : loading.includes(name) ? 'loading' : undefined;
      expect([name, status, body.state]).toEqual([name, state === 'ready' ? 200 : state === 'loading' ? 503 : 404, state]);
    }
    const { paths } = (await client.get(`${prefix}/openapi.json`)).body;
    const predicts = loaded.filter((name) => methodOf[name] === 'predict');
    expect(Object.keys(paths).sort()).toEqual(
      [
        ...fixedPaths,
        ...loaded.map((name) => methodOf[name]).flatMap((method) => (method === undefined ? [] : [openApiPath(method)])),
        ...predicts.map((name) => `/models/${name}/predict`),
      ].sort(),
    );
  }
}

// What answers whatever is loaded.
const fixedPaths = [
  '/',
  '/livez',
  '/readyz',
  '/v1/models',
  '/v1/models/{name}',
  '/v1/models/{name}/loaded',
  '/v1/models/{name}/schema',
  '/v1/responses/{id}',
  '/v1/responses/{id}/cancel',
  '/v1/responses/{id}/input_items',
  '/openapi.json',
  '/docs',
  '/api/event_logging/batch',
];

function openApiPath(method: Method): string {
  return method === 'predict' ? routes[method].path : `/v1${routes[method].path}`;
}

async function checkAll(ready: readonly string[], loading: readonly string[] = []): Promise<void> {
  await checkTable({ ready, loading });
  await checkListings({ ready, loading });
  await checkVerbs();
}

// The phases follow each other on one server, as its life does.

test('without a model every method is 404', () => checkAll([]));

test('with models of one method each, their routes answer and the others are 404', async () => {
  await server.runtime.load(folder('only-predict'));
  await server.runtime.load(folder('only-embeddings'));
  await checkAll(['only-predict', 'only-embeddings']);
});

test('a model loaded at run time opens its route', async () => {
  await server.runtime.load(folder('only-messages'));
  await checkAll(['only-predict', 'only-embeddings', 'only-messages']);
});

test('a model unloaded at run time closes its route', async () => {
  expect(await server.runtime.unload('only-embeddings')).toBe(true);
  await checkAll(['only-predict', 'only-messages']);
});

test('the route of a model that loads still is 503 until it is ready', async () => {
  const loaded = server.runtime.load(folder('waiting'));
  // Per turn of the loop: the construction on the thread has no event here.
  while (server.runtime.model('waiting')?.methods.length !== 1) await new Promise((resolve) => setImmediate(resolve));
  await checkAll(['only-predict', 'only-messages'], ['waiting']);
  const reply = await client.send('POST', '/v1/chat/completions', routes.chatCompletions.body);
  expect([reply.status, reply.headers['retry-after']]).toEqual([503, '1']);
  const channel = new BroadcastChannel('waiting: load');
  channel.postMessage('now');
  await loaded;
  channel.close();
  const { body } = await client.get('/v1/models');
  expect(body.data.map(({ id }: { id: string }) => id)).toEqual(['only-predict', 'only-messages', 'waiting']);
  expect(await server.runtime.unload('waiting')).toBe(true);
});

test('a model loaded again answers again, and after the last unload every method is 404', async () => {
  await server.runtime.load(folder('only-embeddings'));
  await checkAll(['only-predict', 'only-messages', 'only-embeddings']);
  for (const name of ['only-predict', 'only-messages', 'only-embeddings']) expect(await server.runtime.unload(name)).toBe(true);
  await checkAll([]);
});

test('with two models for a route, a request has to name one of them', async () => {
  await server.runtime.load(folder('only-predict'));
  await server.runtime.load(folder('stubborn'));
  const { status, body } = await client.send('POST', '/predict', { op: 'echo' });
  expect([status, body.error.code, body.error.param]).toEqual([400, 'missing_required_parameter', 'model']);
  expect(body.error.message).toContain('only-predict, stubborn');
  for (const name of ['only-predict', 'stubborn'])
    expect((await client.send('POST', `/models/${name}/predict`, { op: 'echo' })).status).toBe(200);
});

test('the listener was never opened anew: all of it went over one socket', () => {
  expect(client.localPorts.size).toBe(1);
});
