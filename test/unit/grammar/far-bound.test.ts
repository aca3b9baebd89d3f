// Bounds beyond the digits that a number may have.

import { expect, test } from 'vitest';
import { integerRange } from '../../../workers/grammar/number-range.ts';
import { numberExpression } from '../../../workers/grammar/value-grammar.ts';

test.each([
  [{ minimum: 1e30 }, 'expected minimum to be less than or equal to 999999999999999, got 1e+30'],
  [{ maximum: -1e30 }, 'expected maximum to be greater than or equal to -999999999999999, got -1e+30'],
  [{ exclusiveMinimum: 999_999_999_999_999 }, 'expected exclusiveMinimum to be less than 999999999999999, got 999999999999999'],
  [{ minimum: 3, maximum: 2 }, 'expected minimum, maximum and exclusive bounds with a whole number between them'],
])('%j leaves no whole number', (node, message) => {
  expect(() => numberExpression('integer', node, 'schema')).toThrow(message);
  expect(integerRange(node)).toBeUndefined();
});
