// `config.yaml` of a model: its schema, and the type that the schema proves. Keys follow Truss where it has them.

import Type, { type Static } from 'typebox';
import { longestTimerMs } from '../core/clock.ts';

const name = { pattern: '^[A-Za-z0-9._-]{1,128}$' };
const strict = { additionalProperties: false } as const;
const literal = <T extends string>(text: T) => Type.Literal(text);

const weightSchema = Type.Object(
  {
    path: Type.String({ minLength: 1, description: 'file, relative to the model folder' }),
    sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    bytes: Type.Integer({ minimum: 0 }),
    source: Type.Optional(Type.String({ description: 'where the file comes from' })),
  },
  strict,
);

const resourcesSchema = Type.Object(
  {
    // Which of them serve depends on the build; another one fails the load.
    device: Type.Union([literal('auto'), literal('cpu'), literal('cuda'), literal('webgpu'), literal('coreml'), literal('dml')], {
      default: 'auto',
    }),
    threads: Type.Union([literal('auto'), Type.Integer({ minimum: 1, maximum: 256 })], {
      default: 'auto',
      description: 'intra-op threads of one replica',
    }),
    memory_mib: Type.Optional(Type.Integer({ minimum: 1, description: 'expected memory; a warning is logged when the machine has less' })),
  },
  { ...strict, default: {} },
);

const runtimeSchema = Type.Object(
  {
    replicas: Type.Union([literal('auto'), Type.Integer({ minimum: 1, maximum: 256 })], {
      default: 1,
      description: 'auto: one per core',
    }),
    predict_concurrency: Type.Integer({ minimum: 1, maximum: 1024, default: 1, description: 'calls of predict at once per replica' }),
    concurrency: Type.Record(Type.String(), Type.Integer({ minimum: 1, maximum: 1024 }), {
      default: {},
      description: 'calls at once per replica, by method; 1 where not given',
    }),
    max_queue: Type.Integer({ minimum: 0, maximum: 1_000_000, default: 256 }),
    max_queue_bytes: Type.Integer({ minimum: 0, default: 67_108_864 }),
    timeout_ms: Type.Integer({ minimum: 1, maximum: longestTimerMs, default: 60_000 }),
    cancel_grace_ms: Type.Integer({ minimum: 0, maximum: longestTimerMs, default: 250 }),
    kill_grace_ms: Type.Integer({ minimum: 0, maximum: longestTimerMs, default: 2_000 }),
    load_retries: Type.Integer({ minimum: 0, maximum: 100, default: 1 }),
    load_timeout_ms: Type.Integer({ minimum: 1, maximum: longestTimerMs, default: 600_000 }),
    terminable: Type.Boolean({ default: true, description: 'false: the class calls native code of its own, its thread is never ended' }),
  },
  { ...strict, default: {} },
);

export const configSchema = Type.Object(
  {
    model_name: Type.String(name),
    description: Type.String({ default: '' }),
    model_class: Type.String({ default: 'model.ts', minLength: 1 }),
    aliases: Type.Array(Type.String({ pattern: '^[A-Za-z0-9._:/-]{1,128}$' }), { default: [] }),
    required: Type.Boolean({ default: true, description: 'readiness waits for this model' }),
    environment_variables: Type.Record(Type.String(), Type.String(), { default: {} }),
    secrets: Type.Record(Type.String(), Type.Union([Type.String(), Type.Null()]), {
      default: {},
      description: 'names the class may read; a string names a file that overrides the environment variable',
    }),
    resources: resourcesSchema,
    runtime: runtimeSchema,
    weights: Type.Array(weightSchema, { default: [] }),
    model_metadata: Type.Record(Type.String(), Type.Unknown(), { default: {}, description: 'free form; examples for the documentation' }),
  },
  strict,
);

/** A checked `config.yaml` with its defaults filled in. */
export type ModelConfig = Static<typeof configSchema>;
export type WeightFile = Static<typeof weightSchema>;
