// Null means absent on every route: official clients send it for each optional field they leave out.

// What stands there is the client's own JSON, in which a null is a value like any other: `const: null` of a JSON Schema is not the same
// without it, nor is an argument of a tool's call. `input` is such an object in a call alone; on other places it is text or a list.
const freeKeys: ReadonlySet<string> = new Set(['schema', 'parameters', 'input_schema', 'guided_json', 'input']);

/**
 * The value without the null members of its objects, at every depth. Nulls inside arrays stay, since dropping one would move
 * its neighbours, and those inside objects of free form.
 * What holds no null comes back as it is, so a large body costs no copy.
 */
export function dropNulls(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    let copy: unknown[] | undefined;
    // By index, and past plain values at once: a list of token ids may be millions long.
    for (let index = 0; index < value.length; index += 1) {
      const item: unknown = value[index];
      if (typeof item !== 'object' || item === null) continue;
      const kept = dropNulls(item);
      if (kept === item) continue;
      copy ??= [...value];
      copy[index] = kept;
    }
    return copy ?? value;
  }
  const changed = new Map<string, unknown>();
  // `in`, since a list of entries costs five times as much where an object has a million members.
  for (const key in value) {
    const member: unknown = Reflect.get(value, key);
    if (member !== null && typeof member !== 'object') continue;
    if (member !== null && freeKeys.has(key) && !Array.isArray(member)) continue;
    const kept = dropNulls(member);
    if ((kept === null || kept !== member) && Object.hasOwn(value, key)) changed.set(key, kept);
  }
  if (changed.size === 0) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([key, member]) => [key, changed.has(key) ? changed.get(key) : member]));
}
