// JSON Schema of the answers that are no model's: health and the models themselves. A test holds the live answers to them.

const text = { type: 'string' } as const;
const count = { type: 'integer', minimum: 0 } as const;
const state = { type: 'string', enum: ['loading', 'ready', 'failed', 'unloading'] } as const;

function record(properties: Readonly<Record<string, object>>, more: object = {}): object {
  return { type: 'object', required: Object.keys(properties), properties, ...more };
}

const model = {
  id: { ...text, description: 'The name or the alias that was asked for.' },
  object: { const: 'model' },
  type: { const: 'model' },
  created: { ...count, description: 'Unix seconds of its load.' },
  created_at: { ...text, format: 'date-time' },
  owned_by: text,
  display_name: text,
  description: text,
  methods: { type: 'array', items: text, description: 'The methods that its class has.' },
} as const;

const idOrNull = { type: ['string', 'null'] } as const;

export const answerSchemas = {
  Root: record({ server: text, environment: text, models: { type: 'array', items: text } }),
  Liveness: record({ status: { type: 'string', enum: ['alive', 'unhealthy'] } }),
  Readiness: record({
    status: { type: 'string', enum: ['ready', 'not ready', 'draining'] },
    models: { type: 'object', additionalProperties: state, description: 'The state of each model by its name.' },
    waiting_for: {
      type: 'object',
      additionalProperties: { type: 'string', enum: [...state.enum, 'unhealthy'] },
      description: 'The required models that keep the server from being ready, and how they are.',
    },
  }),
  ModelList: record({
    object: { const: 'list' },
    data: { type: 'array', items: record(model) },
    has_more: { const: false },
    first_id: idOrNull,
    last_id: idOrNull,
  }),
  Model: record({
    ...model,
    state,
    reason: { ...idOrNull, description: 'Why it failed.' },
    replicas: record({ ready: count, retired: count, total: count }),
    queued: { ...count, description: 'Calls that wait.' },
    running: { ...count, description: 'Calls that run.' },
  }),
  ModelLoaded: record({ loaded: { type: 'boolean' }, state }),
  ModelSchema: record({
    name: text,
    methods: { type: 'object', additionalProperties: { type: 'object' }, description: 'JSON Schema of input and output by method.' },
  }),
  StoredResponse: record({
    id: text,
    object: { const: 'response' },
    status: text,
    model: text,
    output: { type: 'array', items: { type: 'object' } },
  }),
  DeletedResponse: record({ id: text, object: { const: 'response' }, deleted: { const: true } }),
  ResponseItems: record({
    object: { const: 'list' },
    data: { type: 'array', items: { type: 'object' } },
    first_id: idOrNull,
    last_id: idOrNull,
    has_more: { type: 'boolean' },
  }),
  OpenApi: record({ openapi: text, info: { type: 'object' }, paths: { type: 'object' } }),
} as const;
