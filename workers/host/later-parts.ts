// Refuses the parts of the contract that are not built yet: passed over in silence they would look as if they worked.

import { InferenceError } from '../../src/core/errors.ts';

/** Throws: invalid_model naming each part. */
export function refuseLaterParts(instance: object): void {
  const later = [
    ...(Reflect.get(instance.constructor, 'batch') === undefined ? [] : ['static batch']),
    ...(typeof Reflect.get(instance, 'websocket') === 'function' ? ['a websocket method'] : []),
  ];
  if (later.length === 0) return;
  const [are, them] = later.length === 1 ? ['is', 'it'] : ['are', 'them'];
  throw new InferenceError('invalid_model', `${later.join(' and ')} ${are} not supported by this version; remove ${them}`);
}
