// Every path the server knows, as data: which verbs it takes and what it stands for.

import { type MethodName, methodNames, methods } from '../contract/methods.ts';

/** A file of the documentation page. */
export type DocsFile = 'page.html' | 'page.css' | 'page.mjs' | 'element.mjs' | 'schema-tree.mjs' | 'try-it.mjs';

export type Target =
  | { readonly kind: 'call'; readonly method: MethodName; readonly model: string | undefined }
  | { readonly kind: 'root' | 'live' | 'ready' | 'models' | 'openapi' | 'ignored' }
  | { readonly kind: 'docs'; readonly file: DocsFile }
  | { readonly kind: 'model' | 'loaded' | 'schema'; readonly name: string }
  | ResponseTarget;

/** A stored response. */
export interface ResponseTarget {
  readonly kind: 'response' | 'responseItems' | 'responseCancel';
  readonly id: string;
}

export type Verb = 'GET' | 'POST' | 'DELETE';

/** A path and what it takes; `HEAD` comes with `GET`. */
interface Found {
  readonly verbs: readonly Verb[];
  readonly target: Target;
}

const getPaths = new Map<string, Target>([
  ['/', { kind: 'root' }],
  ['/api/hello', { kind: 'root' }],
  ['/livez', { kind: 'live' }],
  ['/health', { kind: 'live' }],
  ['/readyz', { kind: 'ready' }],
  ['/ready', { kind: 'ready' }],
  ['/ping', { kind: 'ready' }],
  ['/models', { kind: 'models' }],
  ['/v1/models', { kind: 'models' }],
  ['/openapi.json', { kind: 'openapi' }],
  ['/docs', { kind: 'docs', file: 'page.html' }],
  ...(['page.css', 'page.mjs', 'element.mjs', 'schema-tree.mjs', 'try-it.mjs'] as const).map((file): [string, Target] => [
    `/docs/${file}`,
    { kind: 'docs', file },
  ]),
]);

const callPaths = new Map<string, MethodName>([
  ['/invocations', 'predict'],
  ...methodNames.flatMap((method): [string, MethodName][] => [
    [methods[method].path, method],
    [`/v1${methods[method].path}`, method],
  ]),
]);

// Telemetry that a client of Anthropic sends unasked: it is told that all is well, and nothing is read or kept.
const postPaths = new Map<string, Target>([['/api/event_logging/batch', { kind: 'ignored' }]]);

/** Static paths, each registered once. */
export const staticGetPaths: readonly string[] = [...getPaths.keys()];
export const staticPostPaths: readonly string[] = [...callPaths.keys(), ...postPaths.keys()];

/** Paths with a model's name in them; the name may hold `/` and `:`, so the rest of the path is parsed here. */
export const wildcardPrefixes = ['/v1/models/', '/models/'] as const;

/** Stored responses, each with what their paths end in. */
export const responsePaths: readonly { readonly path: string; readonly verbs: readonly Verb[] }[] = [
  '/v1/responses/:id',
  '/responses/:id',
].flatMap((path) => [
  { path, verbs: ['GET', 'DELETE'] as const },
  { path: `${path}/input_items`, verbs: ['GET'] as const },
  { path: `${path}/cancel`, verbs: ['POST'] as const },
]);

/** With what a path can begin; an environment of such a name would take it for its prefix. */
export const firstSegments: ReadonlySet<string> = new Set(
  [...staticGetPaths, ...staticPostPaths, ...wildcardPrefixes].map((path) => path.split('/')[1] ?? '').filter((part) => part !== ''),
);

// Longest first: `/chat/completions` ends in `/completions`.
const callSuffixes: readonly (readonly [string, MethodName])[] = [
  [':predict', 'predict'] as const,
  ...methodNames.map((method) => [methods[method].path, method] as const),
].sort(([a], [b]) => b.length - a.length);

/** What a decoded, normalised path stands for, and under which verbs; undefined for an unknown path. */
export function targetOf(path: string): Found | undefined {
  const get = getPaths.get(path);
  if (get !== undefined) return { verbs: ['GET'], target: get };
  const post = postPaths.get(path);
  if (post !== undefined) return { verbs: ['POST'], target: post };
  const method = callPaths.get(path);
  if (method !== undefined) return { verbs: ['POST'], target: { kind: 'call', method, model: undefined } };
  const prefix = wildcardPrefixes.find((candidate) => path.startsWith(candidate));
  return prefix === undefined ? responseTarget(path) : modelTarget(path.slice(prefix.length));
}

/** All that a path with these verbs takes, in the order of `Allow`. `OPTIONS` is never missing, and never alone. */
export function takenVerbs(verbs: readonly Verb[]): readonly string[] {
  return [...verbs.flatMap((verb) => (verb === 'GET' ? ['GET', 'HEAD'] : [verb])), 'OPTIONS'];
}

function responseTarget(path: string): Found | undefined {
  const [, id, suffix] = /^(?:\/v1)?\/responses\/([^/]+)(\/input_items|\/cancel)?$/.exec(path) ?? [];
  if (id === undefined) return undefined;
  if (suffix === undefined) return { verbs: ['GET', 'DELETE'], target: { kind: 'response', id } };
  return suffix === '/cancel'
    ? { verbs: ['POST'], target: { kind: 'responseCancel', id } }
    : { verbs: ['GET'], target: { kind: 'responseItems', id } };
}

/** No alias may end in one of the suffixes, so the suffix decides. */
function modelTarget(rest: string): Found | undefined {
  if (rest === '') return undefined;
  for (const [suffix, method] of callSuffixes) {
    if (rest.length > suffix.length && rest.endsWith(suffix)) {
      return { verbs: ['POST'], target: { kind: 'call', method, model: rest.slice(0, -suffix.length) } };
    }
  }
  for (const kind of ['loaded', 'schema'] as const) {
    const suffix = `/${kind}`;
    if (rest.length > suffix.length && rest.endsWith(suffix))
      return { verbs: ['GET'], target: { kind, name: rest.slice(0, -suffix.length) } };
  }
  return { verbs: ['GET'], target: { kind: 'model', name: rest } };
}
