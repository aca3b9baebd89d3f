// Every path the server knows, as data: which verbs it takes and what it stands for.

import { type MethodName, methodNames, methods } from '../contract/methods.ts';

/** A file of the documentation page. */
export type DocsFile = 'page.html' | 'page.css' | 'page.mjs' | 'element.mjs' | 'schema-tree.mjs' | 'try-it.mjs';

export type Target =
  | { readonly kind: 'call'; readonly method: MethodName; readonly model: string | undefined }
  | { readonly kind: 'root' | 'live' | 'ready' | 'models' | 'openapi' | 'ignored' }
  | { readonly kind: 'docs'; readonly file: DocsFile }
  | { readonly kind: 'model' | 'loaded' | 'schema'; readonly name: string };

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

/** With what a path can begin; an environment of such a name would take it for its prefix. */
export const firstSegments: ReadonlySet<string> = new Set(
  [...staticGetPaths, ...staticPostPaths, ...wildcardPrefixes].map((path) => path.split('/')[1] ?? '').filter((part) => part !== ''),
);

// Longest first: `/chat/completions` ends in `/completions`.
const callSuffixes: readonly (readonly [string, MethodName])[] = [
  [':predict', 'predict'] as const,
  ...methodNames.map((method) => [methods[method].path, method] as const),
].sort(([a], [b]) => b.length - a.length);

/** What a decoded, normalised path stands for, and under which verb; undefined for an unknown path. */
export function targetOf(path: string): { readonly verb: 'GET' | 'POST'; readonly target: Target } | undefined {
  const get = getPaths.get(path);
  if (get !== undefined) return { verb: 'GET', target: get };
  const post = postPaths.get(path);
  if (post !== undefined) return { verb: 'POST', target: post };
  const method = callPaths.get(path);
  if (method !== undefined) return { verb: 'POST', target: { kind: 'call', method, model: undefined } };
  const prefix = wildcardPrefixes.find((candidate) => path.startsWith(candidate));
  return prefix === undefined ? undefined : modelTarget(path.slice(prefix.length));
}

/** `Allow` of a path that takes `verb`. */
export function allowOf(verb: 'GET' | 'POST'): string {
  return verb === 'GET' ? 'GET, HEAD, OPTIONS' : 'POST, OPTIONS';
}

/** No alias may end in one of the suffixes, so the suffix decides. */
function modelTarget(rest: string): { readonly verb: 'GET' | 'POST'; readonly target: Target } | undefined {
  if (rest === '') return undefined;
  for (const [suffix, method] of callSuffixes) {
    if (rest.length > suffix.length && rest.endsWith(suffix)) {
      return { verb: 'POST', target: { kind: 'call', method, model: rest.slice(0, -suffix.length) } };
    }
  }
  for (const kind of ['loaded', 'schema'] as const) {
    const suffix = `/${kind}`;
    if (rest.length > suffix.length && rest.endsWith(suffix)) return { verb: 'GET', target: { kind, name: rest.slice(0, -suffix.length) } };
  }
  return { verb: 'GET', target: { kind: 'model', name: rest } };
}
