// Chooses, of the errors a validator lists for one value, the one that helps a client most.

import type { TLocalizedValidationError } from 'typebox/error';

/** One thing wrong with a value; `instancePath` is a JSON pointer. */
export interface Problem {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: Readonly<Record<string, unknown>>;
}

interface Candidate extends Problem {
  readonly schemaPath: string;
}

/**
 * The problem to report. Inside a union only the branch that the value was meant for matters: one whose outer type fits.
 * Where no branch fits, the accepted types are told together.
 */
export function clearest(errors: readonly TLocalizedValidationError[]): Problem | undefined {
  return within(
    errors.map((error) => ({ ...error, params: { ...error.params } })),
    0,
  );
}

function within(errors: readonly Candidate[], from: number): Problem | undefined {
  const first = errors[0];
  if (first === undefined) return undefined;
  const union = /\/(?:anyOf|oneOf)\/\d+/.exec(first.schemaPath.slice(from));
  if (union === null) return first;
  const unionPath = first.schemaPath.slice(0, from + union.index);
  const branches = new Map<string, Candidate[]>();
  for (const error of errors) {
    const branch = error.schemaPath.startsWith(unionPath) ? /^\/(?:anyOf|oneOf)\/\d+/.exec(error.schemaPath.slice(unionPath.length)) : null;
    if (branch !== null) branches.set(branch[0], [...(branches.get(branch[0]) ?? []), error]);
  }
  // An outer-level mismatch is reported at the union's own path; it is the shortest path of all branches.
  const root = [...branches.values()]
    .flat()
    .reduce((path, error) => (error.instancePath.length < path.length ? error.instancePath : path), first.instancePath);
  const fitting = [...branches.values()].filter((branch) => !branch.some((error) => error.instancePath === root && isOuterMismatch(error)));
  // A lone problem with the whole value, such as its length, means that everything inside fits this branch.
  const best = fitting.find((branch) => branch.length === 1 && branch[0]?.instancePath === root) ?? fitting.sort(byProgress)[0];
  if (best === undefined)
    return joined(
      [...branches.values()].flat().filter((error) => error.instancePath === root),
      root,
    );
  return within(best, unionPath.length + (union[0]?.length ?? 0));
}

const outerKeywords = new Set(['type', 'const', 'enum']);

function isOuterMismatch(error: Problem): boolean {
  return outerKeywords.has(error.keyword);
}

/** The branch that got furthest through the value before its first problem comes first. */
function byProgress(a: readonly Problem[], b: readonly Problem[]): number {
  const [left, right] = [a[0]?.instancePath ?? '', b[0]?.instancePath ?? ''];
  return right.localeCompare(left, 'en', { numeric: true }) || a.length - b.length;
}

/** One problem out of branches of which none fits: the types, or the literal values, that would. */
function joined(errors: readonly Problem[], instancePath: string): Problem {
  const literals = errors.flatMap((error) => {
    if (error.keyword === 'const') return [error.params['allowedValue']];
    return error.keyword === 'enum' && Array.isArray(error.params['allowedValues']) ? error.params['allowedValues'] : [];
  });
  const types = errors.filter((error) => error.keyword === 'type').flatMap((error) => error.params['type']);
  return { keyword: literals.length > 0 ? 'enum' : 'type', instancePath, params: { allowedValues: literals, type: [...new Set(types)] } };
}
