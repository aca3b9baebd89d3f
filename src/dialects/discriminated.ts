// Unions of objects that a member tells apart, such as `type`: which branch a value names, or that it names none.

import { isRecord, type Keywords } from './schema-fit.ts';

/** One of them: the branch that the value names, or the member that names none and what it may be. */
export type Discriminated = { readonly branch: Keywords } | { readonly key: string; readonly literals: readonly unknown[] };

/** `branches`: all that take objects. Undefined where no member tells them apart, or the value does not have it. */
export function discriminated(branches: readonly Keywords[], value: Keywords): Discriminated | undefined {
  const [first, ...others] = branches;
  if (first === undefined) return undefined;
  const keys = Object.keys(properties(first)).filter(
    (key) => Object.hasOwn(value, key) && branches.every((branch) => literalsAt(branch, key) !== undefined),
  );
  for (const key of keys) {
    const literals = [...new Set(branches.flatMap((branch) => literalsAt(branch, key) ?? []))];
    // Of an object that is in no union only a constant says what it is, and another type of value is told better by its type.
    if (others.length === 0 && (literals.length > 1 || typeof value[key] !== typeof literals[0])) continue;
    if (!literals.includes(value[key])) return { key, literals };
  }
  const [named, ...more] = branches.filter((branch) => keys.every((key) => literalsAt(branch, key)?.includes(value[key])));
  return named === undefined || more.length > 0 || others.length === 0 ? undefined : { branch: named };
}

function properties(branch: Keywords): Keywords {
  return isRecord(branch['properties']) ? branch['properties'] : {};
}

/** Undefined where the member may be anything else, or is no plain value. */
function literalsAt(branch: Keywords, key: string): readonly unknown[] | undefined {
  const member = Object.hasOwn(properties(branch), key) ? properties(branch)[key] : undefined;
  if (!isRecord(member)) return undefined;
  const literals = 'const' in member ? [member['const']] : member['enum'];
  return Array.isArray(literals) && literals.every((literal) => typeof literal !== 'object') ? literals : undefined;
}
