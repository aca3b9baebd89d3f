// API keys as settings: named ones from the settings file, unnamed ones from a list. No message here holds a key.

/** Keys by the name that the log shows for them. */
export type NamedKeys = Readonly<Record<string, string>>;

const nameShape = /^[A-Za-z0-9._-]{1,64}$/;

/** Reads a map of name to key, or hands what was expected to `wrong` and returns its result. */
export function readNamedKeys(raw: unknown, wrong: (expected: string) => undefined): NamedKeys | undefined {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return wrong('keys by name');
  const found: Record<string, string> = {};
  for (const [index, [name, key]] of Object.entries(raw).entries()) {
    // By its place and not by its text: where name and key were swapped, the text is the key.
    if (!nameShape.test(name)) return wrong(`1 to 64 letters, digits, dots, underscores and dashes as name ${index + 1}`);
    // A header cannot carry a space inside a key.
    if (typeof key !== 'string' || !/^\S+$/.test(key)) return wrong(`a text without spaces as the key of ${name}`);
    found[name] = key;
  }
  return found;
}

/** All keys by name. Those of the list have no names of their own: `key-1`, `key-2` and so on. */
export function apiKeysOf(listed: readonly string[], named: NamedKeys): NamedKeys {
  return { ...Object.fromEntries(listed.map((key, index) => [listedName(index), key])), ...named };
}

/** A name or a key that stands for two: the log would tell the wrong one. */
export function keyProblems(listed: readonly string[], named: NamedKeys): string[] {
  const problems: string[] = [];
  const nameOf = new Map<string, string>();
  for (const [index, key] of listed.entries()) {
    const first = nameOf.get(key);
    if (first !== undefined) problems.push(`api_key: expected different keys, got ${first} again as ${listedName(index)}`);
    else nameOf.set(key, listedName(index));
  }
  for (const [name, key] of Object.entries(named)) {
    if (listed.some((_, index) => listedName(index) === name)) problems.push(`api_keys: the name ${name} belongs to a key of api_key`);
    const first = nameOf.get(key);
    if (first !== undefined) problems.push(`api_keys: expected different keys, got that of ${first} again as ${name}`);
    else nameOf.set(key, name);
  }
  return problems;
}

function listedName(index: number): string {
  return `key-${index + 1}`;
}
