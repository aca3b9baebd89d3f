// Looks a field up by its path, through lists: what rules and known fields are written in.

/** A field and where it is in the client's spelling, such as `messages[2].role`. */
export interface Found {
  readonly param: string;
  readonly value: unknown;
}

/** `messages[].role` as `messages`, `[]`, `role`: `[]` stands for each item of a list. */
export function stepsOf(path: string): readonly string[] {
  return path.split('.').flatMap((part) => part.split(/(?=\[\])/));
}

/** Told of a value and of what it is a member of. */
type Wanted = (value: unknown, holder?: unknown) => boolean;

/** The first value at the steps that `wanted` takes. What is undefined is not there. */
export function findAt(value: unknown, steps: readonly string[], wanted: Wanted, from = 0, holder?: unknown): Found | undefined {
  if (value === undefined) return undefined;
  const step = steps[from];
  if (step === undefined) return wanted(value, holder) ? { param: '', value } : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  if (step !== '[]') return within(step, findAt(Reflect.get(value, step), steps, wanted, from + 1, value));
  if (!Array.isArray(value)) return undefined;
  for (let index = 0; index < value.length; index += 1) {
    const found = within(`[${index}]`, findAt(value[index], steps, wanted, from + 1, value));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Written on the way back: most walks find nothing, and need no path. */
function within(step: string, found: Found | undefined): Found | undefined {
  if (found === undefined) return undefined;
  return { param: joined(step, found.param), value: found.value };
}

/** Two parts of a path as clients write it. */
export function joined(before: string, after: string): string {
  return before === '' || after === '' || after.startsWith('[') ? before + after : `${before}.${after}`;
}
