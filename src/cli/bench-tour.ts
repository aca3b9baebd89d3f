// What `heddle bench --self` runs: each model that comes with the package for about a minute, through calm, its limit and a storm of leaves.

export const tours = {
  minilm: {
    workloads: [{ route: 'embeddings', model: 'minilm', source: { random: { words: 16 } } }],
    steps: [
      { closed: { clients: 1 }, duration_s: 5 },
      { closed: { clients: 8 }, duration_s: 5 },
      { capacity: {}, duration_s: 3 },
      // Not a share of the capacity: on a machine with neighbours no rate may have held.
      { open: { rate_per_s: 20 }, duration_s: 10 },
      { storm: { share: 0.5, phase: 'queued', clients: 64, rounds: 2 } },
    ],
  },
  smollm2: {
    // Longer than a person waits for one: a shared machine is no fair judge of the usual 500 ms.
    service_level: { ttft_ms: 1_000, itl_p99_ms: 200 },
    workloads: [{ route: 'chat', model: 'smollm2', source: { random: { words: 24 } }, max_tokens: 32, exact_tokens: true }],
    steps: [
      { closed: { clients: 1 }, duration_s: 10 },
      { closed: { clients: 4 }, duration_s: 15 },
      { open: { rate_per_s: 0.5 }, duration_s: 20 },
      { storm: { share: 0.5, phase: 'mid_stream', clients: 4, rounds: 1 } },
    ],
  },
} as const;
