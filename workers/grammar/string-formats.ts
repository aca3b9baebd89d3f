// Patterns of the `format`s that a grammar can hold; the others are annotations, as JSON Schema has it.

const day = '(0[13578]|1[02])-(0[1-9]|[12]\\d|3[01])|(0[469]|11)-(0[1-9]|[12]\\d|30)|02-(0[1-9]|1\\d|2[0-8])';
const date = `\\d{4}-(${day})`;
const time = '([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,6})?(Z|[+-]([01]\\d|2[0-3]):[0-5]\\d)';
const label = '[A-Za-z0-9]([A-Za-z0-9-]{0,20}[A-Za-z0-9])?';
const byte = '(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const hex = '[0-9a-f]';

/** 29 February is not offered: whether it exists depends on the year. */
export const stringFormats: ReadonlyMap<string, string> = new Map([
  ['date', date],
  ['time', time],
  ['date-time', `${date}T${time}`],
  ['uuid', `${hex}{8}-${hex}{4}-${hex}{4}-${hex}{4}-${hex}{12}`],
  ['ipv4', `${byte}(\\.${byte}){3}`],
  ['hostname', `${label}(\\.${label}){0,5}`],
  ['email', `[A-Za-z0-9_+-]{1,10}(\\.[A-Za-z0-9_+-]{1,10}){0,2}@(${label}\\.){1,3}[A-Za-z]{2,10}`],
]);
