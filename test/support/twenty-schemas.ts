// JSON schemas of growing difficulty, for what is shown of structured output.

const text = { type: 'string' };
const short = { type: 'string', maxLength: 20 };
const whole = { type: 'integer' };

function object(properties: Record<string, object>, required: readonly string[] = Object.keys(properties)): object {
  return { type: 'object', properties, required, additionalProperties: false };
}

export const twentySchemas: Readonly<Record<string, object>> = {
  constant: { const: { answer: [42, null, 'é"\\'] } },
  enumeration: { enum: ['red', 'green', 'blue', 1, null, [true], { deep: 'value' }] },
  boolean: { type: 'boolean' },
  'integer in a range': { type: 'integer', minimum: -7, exclusiveMaximum: 1305 },
  'number in a range': { type: 'number', exclusiveMinimum: 0, maximum: 1 },
  'number between halves': { type: 'number', minimum: -2.5, maximum: 3.5 },
  'string of a length': { type: 'string', minLength: 3, maxLength: 12 },
  'pattern of a date': { type: 'string', pattern: '^(19|20)\\d{2}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$' },
  'pattern with any characters': { type: 'string', pattern: '^[A-Z][^"\\d\\s]{2,8}( .{1,6})?$' },
  'flat object': object({ name: short, age: { type: 'integer', minimum: 0, maximum: 130 }, isMember: { type: 'boolean' } }),
  'optional properties': object({ a: whole, b: { type: 'null' }, c: short, d: { type: 'boolean' } }, ['c']),
  'nested objects': object({ person: object({ name: object({ first: short, last: short }), city: short }) }),
  'array with bounds': { type: 'array', items: { type: 'integer', minimum: 1, maximum: 99 }, minItems: 3, maxItems: 7 },
  tuple: { type: 'array', prefixItems: [short, { type: 'boolean' }, { enum: ['x', 'y'] }], items: false, minItems: 3 },
  'array of objects': {
    type: 'array',
    items: object({ kind: { enum: ['fruit', 'root'] }, weight: { type: 'number', minimum: 1, maximum: 500 } }),
    minItems: 1,
    maxItems: 3,
  },
  'union of types': object({ value: { type: ['string', 'integer', 'null'], maxLength: 10 } }),
  'union of objects': {
    anyOf: [
      object({ type: { const: 'circle' }, radius: { type: 'number', minimum: 0, maximum: 10 } }),
      object({ type: { const: 'square' }, side: { type: 'integer', minimum: 1, maximum: 10 } }),
      object({ type: { const: 'label' }, text: short }),
    ],
  },
  map: { type: 'object', additionalProperties: { type: 'integer', minimum: 0, maximum: 9 } },
  'recursion through a definition': {
    $ref: '#/$defs/tree',
    $defs: {
      tree: {
        type: 'object',
        properties: { label: { type: 'string', maxLength: 8 }, children: { type: 'array', items: { $ref: '#/$defs/tree' }, maxItems: 2 } },
        required: ['label', 'children'],
        additionalProperties: false,
      },
    },
  },
  'all together': object(
    {
      id: { type: 'string', pattern: '^[a-z]{2}-\\d{3}$' },
      title: text,
      tags: { type: 'array', items: { enum: ['new', 'old', 'rare'] }, maxItems: 2 },
      price: { anyOf: [{ type: 'number', minimum: 0, maximum: 1000 }, { type: 'null' }] },
      owner: { oneOf: [{ type: 'string', maxLength: 12 }, object({ id: whole })] },
      related: { type: 'array', items: { $ref: '#' }, maxItems: 1 },
    },
    ['id', 'title', 'tags', 'price', 'owner'],
  ),
};
