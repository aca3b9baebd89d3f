import { expect, test } from 'vitest';
import { type Bounds, integerRange, numberRange } from '../../../workers/grammar/number-range.ts';

/** The EBNF of numbers has only literals, digit classes, counts and alternatives, which a regular expression has too. */
function regex(ebnf: string | undefined): RegExp {
  const source = (ebnf ?? '(?!)').replaceAll(/"([^"]*)"/g, (_, text: string) => text.replaceAll('.', '\\.')).replaceAll(' ', '');
  return new RegExp(`^(?:${source})$`);
}

function isWithin(value: number, { minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Bounds): boolean {
  return (
    value >= (minimum ?? -Infinity) &&
    value <= (maximum ?? Infinity) &&
    value > (exclusiveMinimum ?? -Infinity) &&
    value < (exclusiveMaximum ?? Infinity)
  );
}

const texts: string[] = [];
for (let thousandths = -4200; thousandths <= 13_100; thousandths += 7)
  texts.push((thousandths / 1000).toFixed(3), (thousandths / 1000).toFixed(1));
for (let whole = -1400; whole <= 1400; whole += 1) texts.push(String(whole));

const bounds: readonly Bounds[] = [
  { minimum: 0, maximum: 0.5 },
  { minimum: 0.1, maximum: 0.9 },
  { exclusiveMinimum: 0.1, exclusiveMaximum: 0.9 },
  { minimum: 0.01, maximum: 1 },
  { minimum: -2.5, maximum: 3.5 },
  { exclusiveMinimum: -2.5, exclusiveMaximum: 3.5 },
  { minimum: -0.25, exclusiveMaximum: 12.375 },
  { exclusiveMinimum: 0, maximum: 1 },
  { minimum: 3.75 },
  { exclusiveMaximum: -1.5 },
  { minimum: 7, maximum: 7 },
  { minimum: -13, exclusiveMaximum: 1305 },
];

for (const bound of bounds) {
  test(`a number is within ${JSON.stringify(bound)}, whatever is written`, () => {
    const ebnf = numberRange(bound);
    if (ebnf === 'too fine') throw new Error('expected a grammar');
    const isWritten = regex(ebnf);
    const allowed = texts.filter((text) => isWritten.test(text));
    for (const text of allowed) expect(isWithin(Number(text), bound), text).toBe(true);
    // And nothing is lost that has no more digits than the bounds, but for zeros at the end.
    const decimals = Math.max(...Object.values(bound).map((value) => String(value).split('.')[1]?.length ?? 0));
    for (const text of texts) {
      const [whole = '', fraction = ''] = text.split('.');
      const isPlain = fraction.length === decimals && !/^-0(\.0*)?$/.test(text);
      if (isPlain && isWithin(Number(text), bound) && whole !== '') expect(isWritten.test(text), text).toBe(true);
    }
    expect(allowed.length).toBeGreaterThan(0);
  });

  test(`a whole number is within ${JSON.stringify(bound)}, and all are offered`, () => {
    const isWritten = regex(integerRange(bound));
    for (let whole = -1400; whole <= 1400; whole += 1) expect(isWritten.test(String(whole)), String(whole)).toBe(isWithin(whole, bound));
  });
}

test('bounds that no number fits, or that are too fine, have no grammar', () => {
  expect(numberRange({ minimum: 2, maximum: 1 })).toBeUndefined();
  expect(integerRange({ exclusiveMinimum: 1, exclusiveMaximum: 2 })).toBeUndefined();
  expect(numberRange({ minimum: 1e-7 })).toBe('too fine');
  expect(regex(integerRange({ maximum: 1e300 })).test('999999999999999')).toBe(true);
});
