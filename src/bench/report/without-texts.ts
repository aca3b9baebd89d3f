// A scenario as reports may show it: prompts, expected answers and credentials stay with who wrote them.

import type { Scenario, Source } from '../scenario-schema.ts';

/** The same scenario, with every text that is sent or expected replaced by its length. */
export function withoutTexts(scenario: Scenario): Scenario {
  const { target, ...rest } = scenario;
  return {
    ...rest,
    ...(target === undefined ? {} : { target: withoutCredentials(target) }),
    workloads: scenario.workloads.map(({ source, expect, body, ...workload }) => ({
      ...workload,
      ...(source === undefined ? {} : { source: sourceWithoutTexts(source) }),
      ...(expect === undefined ? {} : { expect: expect.text === undefined ? expect : { ...expect, text: lengthOf(expect.text) } }),
      body: Object.fromEntries(Object.entries(body).map(([key, value]) => [key, valueWithoutTexts(value)])),
    })),
  };
}

/** A URL without the user and password that it may hold. What is no URL stays as it is. */
export function withoutCredentials(target: string): string {
  return target.replace(/^(\w+:\/\/)[^/?#]*@/, '$1');
}

function sourceWithoutTexts(source: Source): Source {
  return 'texts' in source ? { texts: source.texts.map(lengthOf) } : source;
}

/** Words of a protocol, such as `float` or `json_object`, are no texts; everything that could be one is. */
function valueWithoutTexts(value: unknown): unknown {
  if (typeof value === 'string') return /^[a-z0-9_.-]{1,32}$/.test(value) ? value : lengthOf(value);
  if (Array.isArray(value)) return value.map(valueWithoutTexts);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, valueWithoutTexts(inner)]));
}

function lengthOf(text: string): string {
  return `(${Array.from(text).length} characters)`;
}
