// Waiting for what a server's own counts say: there is no event for it.

/** Resolves when `holds` does. Looks once per turn of the loop. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
