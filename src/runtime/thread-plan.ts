// How many replicas a model gets, and how many threads each runs its graph with.

/** What a model's configuration asks for, and what it gets once `auto` is decided. */
export interface ThreadPlan<N extends number | 'auto' = number> {
  readonly replicas: N;
  /** Of one replica, inside a graph. */
  readonly threads: N;
}

/** `auto`: one thread per core for a single replica; one 1-thread replica per core when replicas are `auto` too. */
export function threadPlan(wanted: ThreadPlan<number | 'auto'>, cores: number): ThreadPlan {
  const replicas = wanted.replicas === 'auto' ? cores : wanted.replicas;
  const threads = wanted.threads === 'auto' ? Math.max(1, Math.floor(cores / replicas)) : wanted.threads;
  return { replicas, threads };
}
