// Looks into JSON of which nothing is known yet: what a server answered, and what a file holds.

/** The member with that name; undefined where the value has none, or is no object. */
export function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
}

/** The items of a list; none where it is no list. */
export function items(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** `null` counts as absent, as APIs have it. */
export function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

// A code could be text of the model, so only what looks like one is shown.
const plainCode = /^[\w.-]{1,64}$/;

/** The code of an error object, or its type, in a form that may be shown. */
export function errorCode(error: unknown): string {
  const code = [field(error, 'code'), field(error, 'type')].find(isGiven);
  return plainCode.test(String(code)) && isGiven(code) ? String(code) : 'without a code';
}
