// Patterns of the `format`s that a grammar can hold; the others are annotations, as JSON Schema has it.

const day = '(0[13578]|1[02])-(0[1-9]|[12]\\d|3[01])|(0[469]|11)-(0[1-9]|[12]\\d|30)|02-(0[1-9]|1\\d|2[0-8])';
const date = `\\d{4}-(${day})`;
const time = '([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,6})?(Z|[+-]([01]\\d|2[0-3]):[0-5]\\d)';
const label = '[A-Za-z0-9]([A-Za-z0-9-]{0,14}[A-Za-z0-9])?';
const byte = '(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const hex = '[0-9a-f]';

export interface StringFormat {
  readonly pattern: string;
  /** Lengths of what the pattern takes. Units: characters. */
  readonly shortest: number;
  readonly longest: number;
}

/** 29 February is not offered: whether it exists depends on the year. An address stays within 100 characters, a common limit. */
export const stringFormats: ReadonlyMap<string, StringFormat> = new Map([
  ['date', { pattern: date, shortest: 10, longest: 10 }],
  ['time', { pattern: time, shortest: 9, longest: 21 }],
  ['date-time', { pattern: `${date}T${time}`, shortest: 20, longest: 32 }],
  ['uuid', { pattern: `${hex}{8}-${hex}{4}-${hex}{4}-${hex}{4}-${hex}{12}`, shortest: 36, longest: 36 }],
  ['ipv4', { pattern: `${byte}(\\.${byte}){3}`, shortest: 7, longest: 15 }],
  ['hostname', { pattern: `${label}(\\.${label}){0,3}`, shortest: 1, longest: 67 }],
  [
    'email',
    {
      pattern: `[A-Za-z0-9_+-]{1,8}(\\.[A-Za-z0-9_+-]{1,8}){0,2}@(${label}\\.){1,2}[A-Za-z]{2,6}`,
      shortest: 6,
      longest: 67,
    },
  ],
]);

/**
 * Patterns that schema libraries write beside a format, and which of the two is the narrower: by it both hold. Whether one expression is
 * within another is not decided here, so that others beside a format are refused.
 */
export function narrower(format: string, pattern: string): 'pattern' | 'format' | undefined {
  const plain = pattern.replaceAll('(?:', '(');
  if (format === 'uuid' && anyUuid.test(plain)) return 'pattern';
  if (format === 'date' && plain === `^${calendarDate}$`) return 'pattern';
  if (format === 'date-time' && plain.startsWith(`^${calendarDate}T`) && clock.test(plain.slice(calendarDate.length + 2))) return 'pattern';
  if (format === 'ipv4' && plain === `^(${listedByte}\\.){3}${listedByte}$`) return 'pattern';
  return widerPatterns.get(plain) === format ? 'format' : undefined;
}

const calendarDate =
  '((\\d\\d[2468][048]|\\d\\d[13579][26]|\\d\\d0[48]|[02468][048]00|[13579][26]00)-02-29|' +
  '\\d{4}-((0[13578]|1[02])-(0[1-9]|[12]\\d|3[01])|(0[469]|11)-(0[1-9]|[12]\\d|30)|(02)-(0[1-9]|1\\d|2[0-8])))';
/** Of the pattern's own text behind the T: with seconds, with or without a fraction, in UTC or with an offset. */
const clock =
  /^\(\(\[01\]\\d\|2\[0-3\]\):\[0-5\]\\d:\[0-5\]\\d(\(\\\.\\d\+\)\?|\\\.\\d\{[1-9]\})?\((Z|Z\|\(\[\+-\]\(\[01\]\\d\|2\[0-3\]\):\[0-5\]\\d\))\)\)\$$/;
const listedByte = '(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9][0-9]|[0-9])';
const anyUuid = new RegExp(
  /^\^\(H\{8\}-H\{4\}-(H\{4\}-H\{4\}|([1-8]|\[1-8\])H\{3\}-\[89abAB\]H\{3\})-H\{12\}(\|0{8}(-0{4}){3}-0{12}\|f{8}(-f{4}){3}-f{12})?\)\$$/.source.replaceAll(
    'H',
    '\\[0-9a-fA-F\\]',
  ),
);
/** They take more than the formats here write. */
const widerPatterns: ReadonlyMap<string, string> = new Map([
  ["^([A-Za-z0-9_'+\\-]+\\.)*[A-Za-z0-9_'+\\-]*[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9\\-]*\\.)+[A-Za-z]{2,}$", 'email'],
  ["^(?!\\.)(?!.*\\.\\.)([A-Za-z0-9_'+\\-\\.]*)[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9\\-]*\\.)+[A-Za-z]{2,}$", 'email'],
  ['^(?=.{1,253}\\.?$)[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(\\.[a-zA-Z0-9]([-0-9a-zA-Z]{0,61}[0-9a-zA-Z])?)*\\.?$', 'hostname'],
]);
