// What a class says that it can do: `static capabilities`, and a member of the instance that wins over it.

import type { ModelCapabilities } from '../../src/contract/capabilities.ts';
import { capabilitiesSchema } from '../../src/contract/capabilities-schema.ts';
import { InferenceError } from '../../src/core/errors.ts';
import { nearest } from '../../src/core/nearest.ts';
import { checkSchema } from '../../src/dialects/check.ts';

/** Before `load`: undefined where a member of the instance may say more once the weights are there. Throws: invalid_model. */
export function staticCapabilities(instance: object): ModelCapabilities | undefined {
  const declared = checked(Reflect.get(instance.constructor, 'capabilities'), 'static capabilities');
  return 'capabilities' in instance ? undefined : declared;
}

/** After `load`. Throws: invalid_model naming the member at fault, or what a getter throws. */
export function loadedCapabilities(instance: object): ModelCapabilities {
  return {
    ...checked(Reflect.get(instance.constructor, 'capabilities'), 'static capabilities'),
    ...checked(Reflect.get(instance, 'capabilities'), 'capabilities'),
  };
}

function checked(declared: unknown, where: string): ModelCapabilities {
  if (declared === undefined) return {};
  const known = Object.keys(capabilitiesSchema.properties);
  const unknown = Object.keys(Object(declared)).find((key) => !known.includes(key));
  if (unknown !== undefined && typeof declared === 'object' && !Array.isArray(declared)) {
    const near = nearest(unknown, known);
    const hint = near === undefined ? `; known are ${known.join(', ')}` : `; did you mean ${near}?`;
    throw new InferenceError('invalid_model', `expected ${where} without ${unknown}${hint}`);
  }
  // Plain data, as it has to cross threads; what is undefined counts as left out.
  const plain: unknown = JSON.parse(JSON.stringify(declared) ?? 'null');
  try {
    checkSchema(capabilitiesSchema, plain, { repeatsWords: true });
  } catch (error) {
    if (!(error instanceof InferenceError)) throw error;
    throw new InferenceError('invalid_model', `${where}: ${error.message.replace('the body', 'it')}`);
  }
  return plain as ModelCapabilities; // just checked
}
