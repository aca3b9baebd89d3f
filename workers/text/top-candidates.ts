// Picks the likeliest tokens without sorting the vocabulary: sorting 49,152 entries would cost more than the graph's own step.

/**
 * Indexes of the `count` largest values; among equals the lower index wins. Returned in no order that means anything.
 * One pass over the values: most are below the least one kept and cost a comparison.
 */
export function largest(values: Float32Array, count: number): number[] {
  // A heap whose root is the worst candidate kept.
  const heap: number[] = [];
  const worse = (a: number, b: number): boolean => {
    const difference = (values[a] ?? 0) - (values[b] ?? 0);
    return difference < 0 || (difference === 0 && a > b);
  };
  const sink = (): void => {
    const moved = heap[0] ?? 0;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && worse(heap[child + 1] ?? 0, heap[child] ?? 0)) child += 1;
      if (!worse(heap[child] ?? 0, moved)) break;
      heap[at] = heap[child] ?? 0;
      at = child;
    }
    heap[at] = moved;
  };
  const rise = (): void => {
    let at = heap.length - 1;
    const moved = heap[at] ?? 0;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!worse(moved, heap[parent] ?? 0)) break;
      heap[at] = heap[parent] ?? 0;
      at = parent;
    }
    heap[at] = moved;
  };
  for (let index = 0; index < values.length; index += 1) {
    if (heap.length < count) {
      heap.push(index);
      rise();
    } else if ((values[index] ?? 0) > (values[heap[0] ?? 0] ?? 0)) {
      heap[0] = index;
      sink();
    }
  }
  return heap;
}

/**
 * The weight of the last candidate inside the nucleus: the fewest, heaviest candidates that together reach `mass`, and all
 * that weigh as much as the last of them, since nothing tells them apart. Zero when all are needed. A quickselect by mass
 * instead of by rank, linear on average.
 */
export function nucleusCutoff(weights: Float64Array, mass: number): number {
  const work = weights.slice();
  let from = 0;
  let to = work.length;
  let missing = mass;
  while (from < to) {
    const pivot = work[(from + to) >> 1] ?? 0;
    // Heavier than the pivot to the left, equal in the middle, lighter to the right.
    let left = from;
    let right = to;
    let heavier = 0;
    for (let at = from; at < right; ) {
      const weight = work[at] ?? 0;
      if (weight > pivot) {
        heavier += weight;
        work[at] = work[left] ?? 0;
        work[left] = weight;
        left += 1;
        at += 1;
      } else if (weight < pivot) {
        right -= 1;
        work[at] = work[right] ?? 0;
        work[right] = weight;
      } else {
        at += 1;
      }
    }
    if (left > from && heavier >= missing) {
      to = left;
    } else if (heavier + (right - left) * pivot >= missing) {
      return pivot;
    } else {
      missing -= heavier + (right - left) * pivot;
      from = right;
    }
  }
  return 0;
}
