// How figures are written for people: three significant digits and a unit, so that no digit is shown that the measurement lacks.

/** Three significant digits with thousands separated; `–` for what is not a number. */
export function threeDigits(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const rounded = Number(value.toPrecision(3));
  if (rounded === 0) return '0';
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(rounded))));
  // Below a thousandth of any unit used here the digits are noise.
  return grouped(rounded.toFixed(Math.min(decimals, 5)));
}

/** A count is exact, so all of its digits are shown. */
export function count(value: number): string {
  return grouped(String(Math.round(value)));
}

/** Takes milliseconds, tells seconds from one second on. */
export function milliseconds(value: number): string {
  return Number(Math.abs(value).toPrecision(3)) < 1_000 ? `${threeDigits(value)} ms` : `${threeDigits(value / 1_000)} s`;
}

export function seconds(value: number): string {
  return `${threeDigits(value)} s`;
}

export function perSecond(value: number): string {
  return `${threeDigits(value)} /s`;
}

export function mebibytes(value: number): string {
  return `${threeDigits(value)} MiB`;
}

/** Takes a share of 1. What is short of all is never rounded up to 100 %, because that would hide the few that failed. */
export function percent(share: number): string {
  if (share < 1 && share > 0.9995) return '> 99.9 %';
  return share === 1 ? '100 %' : `${threeDigits(share * 100)} %`;
}

function grouped(digits: string): string {
  const [whole = '', fraction] = digits.split('.');
  const separated = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? separated : `${separated}.${fraction}`;
}
