// A JSON Schema as a tree that opens part by part.

import { element, folded } from './element.mjs';

/** The tree of a schema of `root`, the whole document, into which its references point. */
export function schemaTree(root, name, schema, isRequired = false) {
  const { target, title } = resolved(root, schema);
  const parts = partsOf(target);
  const label = [
    element('code', {}, isRequired ? `${name} *` : name),
    ' ',
    element('span', { className: 'kind' }, kindOf(target, title)),
    ...(typeof target.description === 'string' ? [` ${target.description}`] : []),
  ];
  if (parts.length === 0) return element('div', { className: 'tree' }, ...label);
  const build = () => parts.map((part) => schemaTree(root, part.name, part.schema, part.isRequired));
  return folded(element('summary', {}, ...label), build, 'tree');
}

/** Follows references; a chain that leads back to itself ends. */
function resolved(root, schema) {
  let target = schema;
  let title;
  const seen = new Set();
  while (typeof target?.$ref === 'string' && target.$ref.startsWith('#/') && !seen.has(target.$ref)) {
    seen.add(target.$ref);
    title ??= target.$ref.split('/').at(-1);
    target = target.$ref
      .slice(2)
      .split('/')
      .reduce((at, key) => at?.[decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~')], root);
  }
  return { target: typeof target === 'object' && target !== null ? target : {}, title };
}

function partsOf(schema) {
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  const properties = Object.entries(schema.properties ?? {}).map(([name, part]) => ({
    name,
    schema: part,
    isRequired: required.has(name),
  }));
  const unnamed = [...required].filter((name) => !Object.hasOwn(schema.properties ?? {}, name));
  const unions = ['anyOf', 'oneOf', 'allOf'].flatMap((word) =>
    (schema[word] ?? []).map((part, index) => ({ name: `${word} ${index + 1}`, schema: part, isRequired: false })),
  );
  const items = schema.items === undefined ? [] : [{ name: 'items', schema: schema.items, isRequired: false }];
  const others =
    typeof schema.additionalProperties === 'object'
      ? [{ name: 'any other key', schema: schema.additionalProperties, isRequired: false }]
      : [];
  return [...properties, ...unnamed.map((name) => ({ name, schema: {}, isRequired: true })), ...unions, ...items, ...others];
}

const limits = ['minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems', 'pattern', 'format', 'default'];

function kindOf(schema, title) {
  const type = [schema.type ?? []].flat().join(' or ');
  const values = schema.enum ?? (Object.hasOwn(schema, 'const') ? [schema.const] : undefined);
  const bounds = limits.filter((word) => Object.hasOwn(schema, word)).map((word) => `${word} ${JSON.stringify(schema[word])}`);
  return [title, type, values?.map((value) => JSON.stringify(value)).join(' | '), ...bounds].filter(Boolean).join(', ') || 'any';
}
