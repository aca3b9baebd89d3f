// The parts of the document that repeat: each is written once under `components` and referred to, and only those in use appear.

type Section = 'schemas' | 'responses' | 'parameters' | 'headers';

export interface Reference {
  readonly $ref: string;
}

/** Gathers components while the operations are written. */
export class Components {
  readonly #sections: Record<Section, Record<string, object>> = { schemas: {}, responses: {}, parameters: {}, headers: {} };

  /** Refers to a component. `make` writes it the first time; it may refer to others. */
  refer(section: Section, name: string, make: () => object): Reference {
    const known = this.#sections[section];
    if (!Object.hasOwn(known, name)) {
      known[name] = {}; // before `make`, so that what refers to itself ends
      known[name] = make();
    }
    return { $ref: `#/components/${section}/${name}` };
  }

  /** Refers to a JSON Schema, whose own local references are made to point into the component. */
  schema(name: string, schema: object): Reference {
    return this.refer('schemas', name, () => relocated(schema, `#/components/schemas/${name}`));
  }

  /** All of them, without empty sections. */
  written(): object {
    return Object.fromEntries(Object.entries(this.#sections).filter(([, known]) => Object.keys(known).length > 0));
  }
}

// Keywords whose value is data of the schema's author, where `$ref` is a key like any other.
const dataKeywords: ReadonlySet<string> = new Set(['const', 'enum', 'default', 'example', 'examples']);
// Keywords whose keys are names that the author chose.
const mapKeywords: ReadonlySet<string> = new Set(['properties', 'patternProperties', 'dependentSchemas', '$defs', 'definitions']);

/** A schema stands alone in a model; inside the document `#` is the document, so `#/$defs/x` would lead nowhere. */
function relocated(schema: object, at: string): object {
  const entries = Object.entries(schema)
    // The document says the dialect of all its schemas, and an identifier would start a document of its own.
    .filter(([key]) => key !== '$schema' && key !== '$id')
    .map(([key, value]: [string, unknown]): [string, unknown] => {
      if (key === '$ref' && typeof value === 'string') return [key, value === '#' || value.startsWith('#/') ? at + value.slice(1) : value];
      if (dataKeywords.has(key)) return [key, value];
      return [key, mapKeywords.has(key) ? eachOf(value, at) : within(value, at)];
    });
  return Object.fromEntries(entries);
}

function within(value: unknown, at: string): unknown {
  if (Array.isArray(value)) return value.map((item) => within(item, at));
  return typeof value === 'object' && value !== null ? relocated(value, at) : value;
}

function eachOf(value: unknown, at: string): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, schema]) => [name, within(schema, at)]));
}
