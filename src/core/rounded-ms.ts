// Times as log lines tell them.

/** Units: milliseconds, to a tenth: none of these times is repeatable to less. */
export function roundedMs(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms * 10) / 10;
}
