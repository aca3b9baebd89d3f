// What a thread's host is told about a model and a call, with every field filled in.

import type { ModelConfig } from '../../../src/contract/config.ts';
import type { CallFacts, ModelDescriptor } from '../../../src/contract/thread.ts';

const config: ModelConfig = {
  model_name: 'tiny',
  description: '',
  model_class: 'model.ts',
  aliases: [],
  required: true,
  environment_variables: {},
  secrets: {},
  resources: { device: 'auto', threads: 'auto' },
  runtime: {
    replicas: 1,
    predict_concurrency: 1,
    concurrency: {},
    max_queue: 256,
    max_queue_bytes: 67_108_864,
    timeout_ms: 60_000,
    cancel_grace_ms: 250,
    kill_grace_ms: 2_000,
    load_retries: 1,
    load_timeout_ms: 600_000,
    terminable: true,
  },
  weights: [],
  model_metadata: {},
};

export const descriptor: ModelDescriptor = {
  config,
  dir: '/models/tiny',
  environment: 'production',
  secrets: { token: 'do not tell' },
  threads: 2,
};

export const facts: CallFacts = {
  id: 'req_1',
  httpMethod: 'POST',
  path: '/predict',
  headers: { accept: '*/*' },
  deadlineMs: 1000,
  priority: 3,
  apiKeyName: 'team',
  model: 'tiny',
  gather: false,
};
