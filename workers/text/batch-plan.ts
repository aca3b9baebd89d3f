// Which texts run together: neighbours in length, so that little is padding, and never more tokens than the budget.

// Longer texts gain nothing from company: they fill the kernels alone, and a batch only delays a cancel.
const longestBatchedTokens = 64;

/**
 * Groups the indexes of `lengths` into batches, shortest first. A batch's padded size, rows × longest, stays within
 * `maxBatchTokens`; a longer single text is a batch of its own. Units: tokens.
 */
export function planBatches(lengths: readonly number[], maxBatchTokens: number): number[][] {
  const byLength = lengths.map((_, index) => index).sort((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0));
  const batches: number[][] = [];
  let batch: number[] = [];
  for (const index of byLength) {
    const length = lengths[index] ?? 0;
    const full = (batch.length + 1) * length > maxBatchTokens || length > longestBatchedTokens;
    if (batch.length > 0 && full) {
      batches.push(batch);
      batch = [];
    }
    batch.push(index);
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
