import { expect, test } from 'vitest';
import { nearest } from '../../../src/core/nearest.ts';

test('a mistyped word finds its neighbour', () => {
  expect(nearest('runtme', ['weights', 'runtime'])).toBe('runtime');
  expect(nearest('--Prot', ['--port', '--host'])).toBe('--port');
});

test('a caller may ask for fewer edits', () => {
  expect(nearest('req', ['$ref'], 1)).toBeUndefined();
  expect(nearest('req', ['$ref'], 2)).toBe('$ref');
});

test('a word far from all finds none', () => {
  expect(nearest('zebra', ['runtime', 'weights'])).toBeUndefined();
});
