// Refuses a device that this build cannot run on, because falling back to the CPU would be slow without a word.

import type { ModelConfig } from '../contract/config.ts';
import { InferenceError } from '../core/errors.ts';

// The one execution provider that workers/onnx opens sessions with, and what chooses it.
const usable: readonly string[] = ['auto', 'cpu'];

/** Throws: invalid_config naming the key, what it asks for and what there is. */
export function checkDevice({ resources: { device } }: ModelConfig): void {
  if (usable.includes(device)) return;
  throw new InferenceError(
    'invalid_config',
    `resources.device: expected ${usable.join(' or ')}, all that this build can use, got ${device}`,
  );
}
