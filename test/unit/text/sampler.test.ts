// Sampling on small hand-made logits: what each option keeps, and what a seed repeats.

import { expect, test } from 'vitest';
import { seededRandom } from '../../../src/core/seeded-random.ts';
import { Sampler, type SamplingOptions } from '../../../workers/text/sampler.ts';
import { largest, nucleusCutoff } from '../../../workers/text/top-candidates.ts';

const seeds = Array.from({ length: 300 }, (_, seed) => seed);

function next(sampler: Sampler, logits: Float32Array): number {
  sampler.adjust(logits);
  return sampler.choose(logits);
}

function drawn(logits: readonly number[], options: SamplingOptions, prompt: readonly number[] = []): Set<number> {
  return new Set(seeds.map((seed) => next(new Sampler({ ...options, seed }, prompt), Float32Array.from(logits))));
}

test('temperature 0 takes the likeliest, the lowest index among equals', () => {
  expect(drawn([1, 3, 3, 2], { temperature: 0 })).toEqual(new Set([1]));
});

test('the same seed draws the same sequence, another seed another', () => {
  const sequence = (seed: number): number[] => {
    const sampler = new Sampler({ seed }, []);
    return Array.from({ length: 40 }, () => next(sampler, new Float32Array(1000)));
  };
  expect(sequence(7)).toEqual(sequence(7));
  expect(sequence(7)).not.toEqual(sequence(8));
  expect(sequence(7)).not.toEqual(sequence(7 + 2 ** 32));
});

test('top-k keeps the k likeliest', () => {
  expect(drawn([1, 2, 3, 2.5], { topK: 2 })).toEqual(new Set([2, 3]));
});

test('top-p keeps the fewest tokens that reach the mass', () => {
  const logits = [0.5, 0.3, 0.15, 0.05].map(Math.log);
  expect(drawn(logits, { topP: 0.75 })).toEqual(new Set([0, 1]));
  expect(drawn(logits, { topP: 0.85 })).toEqual(new Set([0, 1, 2]));
  expect(drawn(logits, { topP: 0 })).toEqual(new Set([0]));
});

test('top-p counts the mass that top-k left', () => {
  const logits = [0.4, 0.3, 0.3].map(Math.log);
  // Of the two that top-k keeps, the first holds 0.57: enough for 0.5, while of all three it would not be.
  expect(drawn(logits, { topK: 2, topP: 0.5 })).toEqual(new Set([0]));
});

test('min-p drops what is too unlikely beside the likeliest', () => {
  expect(drawn([0.6, 0.3, 0.1].map(Math.log), { minP: 0.4 })).toEqual(new Set([0, 1]));
});

test('frequencies follow the probabilities', () => {
  const sampler = new Sampler({ seed: 3 }, []);
  const times = [0, 0, 0];
  for (let round = 0; round < 20_000; round += 1) {
    const token = next(sampler, Float32Array.from([0.7, 0.2, 0.1].map(Math.log)));
    times[token] = (times[token] ?? 0) + 1;
  }
  // Four standard deviations of 20,000 draws are 0.013.
  expect((times[0] ?? 0) / 20_000).toBeCloseTo(0.7, 1.5);
  expect((times[2] ?? 0) / 20_000).toBeCloseTo(0.1, 1.5);
});

test('the repetition penalty counts the prompt, and makes negative logits less likely too', () => {
  expect(next(new Sampler({ temperature: 0, repetitionPenalty: 2 }, [0]), Float32Array.from([3, 2]))).toBe(1);
  expect(next(new Sampler({ temperature: 0, repetitionPenalty: 2 }, [0]), Float32Array.from([-1, -1.5]))).toBe(1);
});

test('frequency and presence penalties count generated tokens alone', () => {
  const frequency = new Sampler({ temperature: 0, frequencyPenalty: 0.6 }, [0, 0, 0]);
  expect([1, 2, 3].map(() => next(frequency, Float32Array.from([2, 1])))).toEqual([0, 0, 1]);
  const presence = new Sampler({ temperature: 0, presencePenalty: 1.5 }, [0]);
  expect([1, 2, 3].map(() => next(presence, Float32Array.from([2, 1])))).toEqual([0, 1, 0]);
});

test('selection without sorting agrees with sorting', () => {
  const random = seededRandom(11);
  for (let round = 0; round < 50; round += 1) {
    const values = Float32Array.from({ length: 200 }, () => Math.floor(random() * 40));
    const sorted = [...values.keys()].sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0) || a - b);
    expect(largest(values, 17).sort((a, b) => a - b)).toEqual(sorted.slice(0, 17).sort((a, b) => a - b));
    const weights = Float64Array.from(values);
    const mass = random() * weights.reduce((sum, weight) => sum + weight, 0);
    let reached = 0;
    const expected = [...weights]
      .sort((a, b) => b - a)
      .find((weight) => {
        reached += weight;
        return reached >= mass;
      });
    expect(nucleusCutoff(weights, mass)).toBe(expected);
  }
});
