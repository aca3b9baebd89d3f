// The scenario file: what a run sends, how fast, and what it is judged by. Its schema, and the types that the schema proves.

import Type, { type Static } from 'typebox';

const strict = { additionalProperties: false } as const;
const literal = <T extends string>(text: T) => Type.Literal(text);
const positive = { exclusiveMinimum: 0 } as const;
const share = { minimum: 0, maximum: 1 } as const;

/** A length: a fixed count, or a distribution that is drawn from anew for each request. Every draw is rounded to a whole number of at least 1. */
const lengthSchema = Type.Union([
  Type.Integer({ minimum: 1 }),
  Type.Object({ uniform: Type.Object({ min: Type.Integer({ minimum: 1 }), max: Type.Integer({ minimum: 1 }) }, strict) }, strict),
  Type.Object(
    {
      lognormal: Type.Object(
        { median: Type.Number(positive), sigma: Type.Number(positive), max: Type.Integer({ minimum: 1, default: 4_096 }) },
        strict,
      ),
    },
    strict,
  ),
]);

const sourceSchema = Type.Union([
  Type.Object(
    {
      random: Type.Object(
        {
          words: Type.Optional(lengthSchema),
          shared_prefix_words: Type.Integer({
            minimum: 0,
            default: 0,
            description: 'words that requests begin with in common, before their own',
          }),
          prefixes: Type.Integer({ minimum: 1, default: 1, description: 'how many different beginnings there are' }),
        },
        strict,
      ),
    },
    strict,
  ),
  Type.Object({ texts: Type.Array(Type.String({ minLength: 1 }), { minItems: 1 }) }, strict),
  Type.Object(
    {
      file: Type.String({ minLength: 1, description: 'path, relative to the scenario file' }),
      format: Type.Union([literal('lines'), literal('jsonl'), literal('sharegpt')], { default: 'jsonl' }),
      field: Type.Optional(Type.String({ minLength: 1, description: 'key of a JSON line that holds the text' })),
    },
    strict,
  ),
]);

const routeSchema = Type.Union([
  literal('chat'),
  literal('completions'),
  literal('responses'),
  literal('messages'),
  literal('embeddings'),
  literal('predict'),
]);

const workloadSchema = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 1 })),
    route: routeSchema,
    path: Type.Optional(Type.String({ pattern: '^/', description: 'instead of the usual path of the route' })),
    model: Type.Optional(Type.String({ minLength: 1 })),
    weight: Type.Number({ ...positive, default: 1, description: 'share of the requests, relative to the other workloads' }),
    source: Type.Optional(sourceSchema),
    texts_per_request: Type.Optional(lengthSchema),
    max_tokens: Type.Optional(lengthSchema),
    exact_tokens: Type.Boolean({ default: false, description: 'asks for max_tokens whatever the model says (ignore_eos)' }),
    stream: Type.Boolean({ default: true, description: 'routes that generate alone' }),
    temperature: Type.Number({ minimum: 0, maximum: 2, default: 0 }),
    body: Type.Record(Type.String(), Type.Unknown(), { default: {}, description: 'more fields, sent as they are' }),
    expect: Type.Optional(
      Type.Object(
        {
          dimensions: Type.Optional(Type.Integer({ minimum: 1 })),
          text: Type.Optional(Type.String({ description: 'the answer to every request of this workload' })),
          reference: Type.Optional(
            Type.String({ minLength: 1, description: 'JSON lines with text and vector, for the check before the run' }),
          ),
          cosine: Type.Number({ minimum: -1, maximum: 1, default: 0.99 }),
        },
        strict,
      ),
    ),
  },
  strict,
);

const openLoadSchema = Type.Object(
  {
    rate_per_s: Type.Optional(Type.Number(positive)),
    arrivals: Type.Union([literal('constant'), literal('poisson'), literal('bursts'), literal('trace')], { default: 'poisson' }),
    burst_size: Type.Integer({ minimum: 1, default: 10, description: 'bursts: requests that start together; the rate stays' }),
    trace: Type.Optional(Type.String({ minLength: 1, description: 'trace: a file with one start a line, in ms since the first' })),
  },
  strict,
);

const leaveSchema = Type.Object(
  {
    share: Type.Number({ ...share, description: 'of the clients' }),
    phase: Type.Union([literal('queued'), literal('before_first_token'), literal('mid_stream')]),
    after_ms: Type.Optional(Type.Number({ minimum: 0, description: 'queued: time after sending; 0 where not given' })),
    after_tokens: Type.Integer({ minimum: 1, default: 4, description: 'mid_stream: pieces received before leaving' }),
  },
  strict,
);

const endSchema = {
  duration_s: Type.Optional(Type.Number(positive)),
  requests: Type.Optional(Type.Integer({ minimum: 1 })),
  warmup_requests: Type.Integer({ minimum: 0, default: 8 }),
};

const openStep = Type.Object({ open: openLoadSchema, leave: Type.Optional(leaveSchema), ...endSchema }, strict);
const closedStep = Type.Object(
  { closed: Type.Object({ clients: Type.Integer({ minimum: 1 }) }, strict), leave: Type.Optional(leaveSchema), ...endSchema },
  strict,
);
const capacityStep = Type.Object(
  {
    capacity: Type.Object(
      { from_per_s: Type.Number({ ...positive, default: 1 }), most_per_s: Type.Number({ ...positive, default: 10_000 }) },
      { ...strict, description: 'finds the highest rate that holds the service level' },
    ),
    ...endSchema,
  },
  strict,
);
const sweepStep = Type.Object(
  {
    sweep: Type.Object(
      {
        times: Type.Array(Type.Number(positive), { minItems: 1, default: [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2] }),
        of_per_s: Type.Optional(Type.Number({ ...positive, description: 'the rate that counts as 1; measured capacity where not given' })),
      },
      strict,
    ),
    ...endSchema,
  },
  strict,
);
const overloadStep = Type.Object(
  {
    overload: Type.Object(
      {
        times: Type.Number({ ...positive, default: 10 }),
        of_per_s: Type.Optional(Type.Number(positive)),
        overload_s: Type.Number({ ...positive, default: 5 }),
        recovery_s: Type.Number({ ...positive, default: 30, description: 'longest time to wait for the calm latency to come back' }),
      },
      strict,
    ),
  },
  strict,
);
const stormStep = Type.Object(
  {
    storm: Type.Object(
      { ...leaveSchema.properties, clients: Type.Integer({ minimum: 2, default: 16 }), rounds: Type.Integer({ minimum: 1, default: 3 }) },
      strict,
    ),
  },
  strict,
);

export const scenarioSchema = Type.Object(
  {
    target: Type.Optional(Type.String({ pattern: '^https?://', description: 'base URL; the one of the command line wins' })),
    seed: Type.Integer({ minimum: 0, default: 1 }),
    timeout_ms: Type.Integer({
      minimum: 1,
      maximum: 2_147_483_647,
      default: 120_000,
      description: 'a request that takes longer is a timeout',
    }),
    connections: Type.Integer({ minimum: 1, maximum: 65_535, default: 1_024, description: 'most open at once' }),
    threads: Type.Union([literal('auto'), Type.Integer({ minimum: 1, maximum: 64 })], { default: 'auto', description: 'of the client' }),
    server_pid: Type.Optional(Type.Integer({ minimum: 1, description: 'the server on this machine, for its memory and CPU time' })),
    service_level: Type.Object(
      {
        ttft_ms: Type.Number({ ...positive, default: 500 }),
        itl_p99_ms: Type.Number({ ...positive, default: 100, description: 'of the gaps of one request' }),
        latency_ms: Type.Number({ ...positive, default: 100, description: 'embeddings and predict' }),
        share: Type.Number({ ...share, default: 0.99, description: 'of the requests that have to keep it for a rate to count as held' }),
      },
      { ...strict, default: {} },
    ),
    workloads: Type.Array(workloadSchema, { minItems: 1 }),
    steps: Type.Array(Type.Union([openStep, closedStep, capacityStep, sweepStep, overloadStep, stormStep]), { minItems: 1 }),
  },
  strict,
);

export type Scenario = Static<typeof scenarioSchema>;
export type Workload = Static<typeof workloadSchema>;
export type Source = Static<typeof sourceSchema>;
export type Length = Static<typeof lengthSchema>;
export type Route = Static<typeof routeSchema>;
export type OpenLoad = Static<typeof openLoadSchema>;
export type Leave = Static<typeof leaveSchema>;
export type ServiceLevel = Scenario['service_level'];
