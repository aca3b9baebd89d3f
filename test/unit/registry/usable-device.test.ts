import { Default } from 'typebox/value';
import { expect, test } from 'vitest';
import { configSchema, type ModelConfig } from '../../../src/contract/config.ts';
import { configProblems } from '../../../src/contract/config-problems.ts';
import { checkDevice } from '../../../src/registry/usable-device.ts';

const configOf = (device: string) => Default(configSchema, { model_name: 'a', resources: { device } }) as ModelConfig; // each test says whether it is one

test('every documented device is a valid configuration, and another word is not', () => {
  for (const device of ['auto', 'cpu', 'cuda', 'webgpu', 'coreml', 'dml'])
    expect([device, configProblems(configSchema, configOf(device))]).toEqual([device, []]);
  expect(configProblems(configSchema, configOf('gpu'))).toEqual([
    'resources.device: expected auto or cpu or cuda or webgpu or coreml or dml, got a string',
  ]);
});

test('a device that this build cannot use is refused with what came and what there is', () => {
  for (const device of ['auto', 'cpu']) expect(() => checkDevice(configOf(device))).not.toThrow();
  for (const device of ['cuda', 'webgpu', 'coreml', 'dml']) {
    expect(() => checkDevice(configOf(device))).toThrow(
      `resources.device: expected auto or cpu, all that this build can use, got ${device}`,
    );
  }
});
