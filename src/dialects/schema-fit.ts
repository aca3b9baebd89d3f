// Which branch of a union a value was meant for, told from its outside: no list is walked, so any size costs the same.

export type Keywords = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Keywords {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The members of an object that its schema lists. */
export function membersOf(schema: unknown): readonly string[] {
  return isRecord(schema) && isRecord(schema['properties']) ? Object.keys(schema['properties']) : [];
}

/** The branches of a union, or undefined where the schema is none. */
export function branchesOf(schema: Keywords): readonly unknown[] | undefined {
  const branches = schema['anyOf'] ?? schema['oneOf'];
  return Array.isArray(branches) ? branches : undefined;
}

/**
 * The branches that may accept the value. The first item of a list and the fixed members of an object decide where they can;
 * where they leave none, the outer type alone does.
 */
export function fittingBranches(branches: readonly unknown[], value: unknown): readonly unknown[] {
  const near = branches.filter((branch) => fits(branch, value, true));
  return near.length > 0 ? near : branches.filter((branch) => fits(branch, value, false));
}

/** False only where the schema surely refuses the value; but a fraction counts as an integer, since that is what was meant. */
function fits(schema: unknown, value: unknown, inside: boolean): boolean {
  if (schema === false) return false;
  if (!isRecord(schema)) return true;
  const { type, enum: allowed, properties, items } = schema;
  if (type !== undefined && !(Array.isArray(type) ? type : [type]).some((name) => hasType(name, value))) return false;
  const literals = 'const' in schema ? [schema['const']] : allowed;
  // Only literals of the plain kinds can be compared at once.
  if (Array.isArray(literals) && !literals.some((literal) => literal === value || typeof literal === 'object')) return false;
  if (branchesOf(schema)?.some((branch) => fits(branch, value, inside)) === false) return false;
  if (!inside) return true;
  if (Array.isArray(value)) return value.length === 0 || !isRecord(items) || 'prefixItems' in schema || fits(items, value[0], true);
  if (!isRecord(value) || !isRecord(properties)) return true;
  return Object.entries(properties).every(([key, member]) => {
    const fixed = isRecord(member) && ('const' in member || 'enum' in member);
    return !fixed || !Object.hasOwn(value, key) || fits(member, value[key], true);
  });
}

function hasType(name: unknown, value: unknown): boolean {
  switch (name) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isRecord(value);
    case 'integer':
      return typeof value === 'number';
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === name;
    default:
      return true;
  }
}
