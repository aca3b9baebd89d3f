// How a response ends: the one list of it, by its status and by the event that tells of it.

const finalStatuses = ['completed', 'incomplete', 'failed', 'cancelled'] as const;

export type FinalStatus = (typeof finalStatuses)[number];

/** The status where it is an end; undefined for everything else. */
export function finalStatus(status: unknown): FinalStatus | undefined {
  return finalStatuses.find((final) => final === status);
}

/** The end that an event of this type tells of, as `response.completed` does; undefined for the others. */
export function endToldBy(type: unknown): FinalStatus | undefined {
  return finalStatuses.find((final) => type === `response.${final}`);
}

/** The ends with an output that a later response can build upon. */
export const usableStatuses: readonly FinalStatus[] = ['completed', 'incomplete'];

export function isUsable(status: unknown): boolean {
  return usableStatuses.some((usable) => usable === status);
}
